"""Asking which version is the present one, before a kept page is served: on connections of its own."""

from __future__ import annotations

import sqlite3
import time
from typing import Any, Protocol

from sqlalchemy import URL

_PRESENT = "SELECT sum(version) FROM page_versions"
_PATIENCE_SECONDS = 2  # of a question about the version; a page is made without the cache then
_REST_SECONDS = 5.0  # for which a server that is silent is not asked again: the page itself will wait for it


class Versions(Protocol):
    """Whoever can say which version is the present one."""

    def present(self) -> int | None:
        """Return the version that is committed now, or None when there is none or the database doesn't say."""

    def close(self) -> None:
        """Let go of the database."""


def versions_of(url: URL) -> Versions:
    """Return who asks the database at `url`."""
    return _InPostgres(url) if url.get_backend_name() == "postgresql" else _InSQLite(str(url.database))


class _InSQLite:
    """Asks SQLite's own counter of other connections' commits first; it answers from shared memory.

    By as many connections as ask at once, for each has the whole schema in memory (0.3 MB).
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: list[_Counter] = []

    def present(self) -> int | None:
        try:
            counter = self._idle.pop()
        except IndexError:  # all are asking
            counter = _Counter(self._path)
        try:
            version = counter.present()
        except sqlite3.Error:
            return None
        self._idle.append(counter)
        return version

    def close(self) -> None:
        self._idle.clear()


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


class _InPostgres:
    """Asks by connections of its own, as many as ask at once."""

    def __init__(self, url: URL) -> None:
        self._url = url
        self._idle: list[Any] = []
        self._rests_until = 0.0

    def present(self) -> int | None:
        try:
            connection = self._idle.pop()
        except IndexError:  # all are asking
            connection = None
        version = None if connection is None else self._asked(connection)
        if version is None:  # one that lay idle may be dead, and then all are: the database was started again
            version = self._asked(self._connected())
        return version

    def _asked(self, connection: Any) -> int | None:
        """Ask by this connection; it goes back to the others, or is closed if it can't be used any more."""
        import psycopg  # noqa: PLC0415 - PostgreSQL is an optional part

        if connection is None:
            return None
        began = time.monotonic()
        try:
            row = connection.execute(_PRESENT, prepare=True).fetchone()
        except psycopg.Error:
            connection.close()
            self.close()
            self._rest_after(began)
            return None
        self._idle.append(connection)
        return None if row[0] is None else int(row[0])

    def _connected(self) -> Any:
        """Return a new connection, or None when there is none to be had at this time."""
        import psycopg  # noqa: PLC0415 - PostgreSQL is an optional part

        from forum.core.patience import connected  # noqa: PLC0415

        began = time.monotonic()
        if began < self._rests_until:
            return None
        try:
            return connected(self._url, _PATIENCE_SECONDS)
        except psycopg.Error:
            self._rest_after(began)
            return None

    def _rest_after(self, began: float) -> None:
        """Ask no more for a while if that took long: a server hangs then, or can't be reached. A "no" costs nothing."""
        if time.monotonic() - began >= _PATIENCE_SECONDS / 2:
            self._rests_until = time.monotonic() + _REST_SECONDS

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
