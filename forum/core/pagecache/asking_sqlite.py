"""The version as SQLite tells it: asked only when its shared memory says that somebody has committed."""

from __future__ import annotations

import sqlite3

from forum.core.pagecache.commits import LENGTH, Memory, shared_memory

_PRESENT = "SELECT sum(version) FROM page_versions"
_PATIENCE_SECONDS = 2  # of a question about the version; a page is made without the cache then


class InSQLite:
    """Looks into the memory that SQLite's processes share (commits.py), else asks SQLite's own counter of commits.

    By as many connections as ask at once, for each has the whole schema in memory (0.3 MB).
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: list[_Counter] = []
        self._anchor: _Counter | None = None  # while it is open, SQLite makes no other shared memory
        self._memory: Memory | None = None
        self._known: tuple[bytes, int | None] = (b"", None)  # what the memory said, and the version asked after that

    def present(self) -> int | None:
        """Return the version that is committed now, or None when there is none or SQLite doesn't say."""
        memory = self._memory
        if memory is None:
            return self._asked()
        said = memory[:LENGTH]
        known, version = self._known
        if said == known:
            return version
        version = self._asked()
        if version is not None:
            self._known = said, version  # what is committed meanwhile changes the memory, and is asked for next time
        return version

    def close(self) -> None:
        """Let go of the database."""
        anchor, self._memory, self._anchor = self._anchor, None, None
        self._known = (b"", None)
        if anchor is not None:
            anchor.close()
        while self._idle:
            self._idle.pop().close()

    def _asked(self) -> int | None:
        try:
            counter = self._idle.pop()
        except IndexError:  # all are asking
            counter = _Counter(self._path)
        try:
            version = counter.present()
            if self._anchor is None:
                self._look_into_memory()
        except sqlite3.Error:
            return None
        self._idle.append(counter)
        return version

    def _look_into_memory(self) -> None:
        """Find the memory, held by a connection that does nothing else."""
        anchor = _Counter(self._path)
        anchor.present()
        self._anchor, self._memory = anchor, shared_memory(self._path) if anchor.shares_memory() else None


class _Counter:
    """A connection, and what it saw last."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._commits = -1
        self._version: int | None = None

    def present(self) -> int | None:
        if self._connection is None:
            self._connection = sqlite3.connect(
                f"file:{self._path}?mode=rw",
                uri=True,
                isolation_level=None,
                timeout=_PATIENCE_SECONDS,
                check_same_thread=False,  # who has taken it off the idle ones has it alone
            )
        commits = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if commits != self._commits:
            self._version = self._connection.execute(_PRESENT).fetchone()[0]
            self._commits = commits  # asked before the version: what came between is asked again next time
        return self._version

    def shares_memory(self) -> bool:
        """Whether the database is in WAL mode. In another, a file beside it was left by somebody who died."""
        return self._connection is not None and self._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
