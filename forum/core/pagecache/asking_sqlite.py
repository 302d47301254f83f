"""The version as SQLite tells it: asked only when its shared memory says that somebody has committed."""

from __future__ import annotations

import sqlite3
import threading

from forum.core.pagecache.commits import LENGTH, Memory, shared_memory
from forum.core.pagecache.scopes import LISTS, PART, PATIENCE_SECONDS, ROWS, WHOLE, Version, rows_of, told

_PRESENT = f"SELECT {WHOLE}, {PART} {ROWS.format('?', '?')}"


class InSQLite:
    """Looks into the memory that SQLite's processes share (commits.py), else asks SQLite's own counter of commits.

    By as many connections as ask at once, for each has the whole schema in memory (0.3 MB).
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: list[_Counter] = []
        self._turn = threading.Lock()
        self._anchor: _Counter | None = None  # while it is open, SQLite makes no other shared memory
        self._memory: Memory | None = None
        self._known: tuple[bytes, dict[int, Version]] = (b"", {})  # what the memory said, and what was asked after that

    def present(self, scope: int = LISTS) -> Version | None:
        """Return the scope's version that is committed now, or None when there is none or SQLite doesn't say."""
        memory = self._memory
        if memory is None:
            return self._asked(scope)
        said = memory[:LENGTH]
        known, versions = self._known
        if said != known:
            versions = {}
        try:
            return versions[scope]
        except KeyError:
            pass
        version = self._asked(scope)
        if version is not None:
            versions[scope] = version
            self._known = said, versions  # what is committed meanwhile changes the memory, and is asked for next time
        return version

    def close(self) -> None:
        """Let go of the database."""
        with self._turn:
            anchor, self._memory, self._anchor = self._anchor, None, None
        self._known = (b"", {})
        if anchor is not None:
            anchor.close()
        while self._idle:
            self._idle.pop().close()

    def _asked(self, scope: int) -> Version | None:
        try:
            counter = self._idle.pop()
        except IndexError:  # all are asking
            counter = _Counter(self._path)
        try:
            version = counter.present(scope)
            if self._anchor is None:
                self._look_into_memory()
        except sqlite3.Error:
            return None
        self._idle.append(counter)
        return version

    def _look_into_memory(self) -> None:
        """Find the memory, held by a connection that does nothing else; one thread does it for all."""
        with self._turn:
            if self._anchor is None:
                anchor = _Counter(self._path)
                anchor.present(LISTS)
                self._anchor, self._memory = anchor, shared_memory(self._path) if anchor.shares_memory() else None


class _Counter:
    """A connection, and what it saw last."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._commits = -1
        self._versions: dict[int, Version | None] = {}

    def present(self, scope: int) -> Version | None:
        if self._connection is None:
            self._connection = sqlite3.connect(
                f"file:{self._path}?mode=rw",
                uri=True,
                isolation_level=None,
                timeout=PATIENCE_SECONDS,
                check_same_thread=False,  # who has taken it off the idle ones has it alone
            )
        commits = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if commits != self._commits:
            self._versions = {}
            self._commits = commits  # asked before the version: what came between is asked again next time
        if scope not in self._versions:
            self._versions[scope] = told(scope, *self._connection.execute(_PRESENT, rows_of(scope)).fetchone())
        return self._versions[scope]

    def shares_memory(self) -> bool:
        """Whether the database is in WAL mode. In another, a file beside it was left by somebody who died."""
        return self._connection is not None and self._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
