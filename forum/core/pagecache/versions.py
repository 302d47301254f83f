"""The version of what visitors can see: changed in the same transaction as that, asked before a kept page is served.

A version is a random number and not a count, so that one read before a backup was restored never comes again.
"""

from __future__ import annotations

import re
import secrets
import sqlite3
import threading
from typing import Any, Protocol
from weakref import WeakSet

from sqlalchemy import URL, BigInteger, Connection, Engine, SmallInteger, event
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base

# Rows that writers spread over in PostgreSQL: who commits holds one for a moment, and others need not wait for it.
SHARDS = 16
# Tables of which nothing stands on a shared page, and in which much is written. Everything else counts as shown;
# tests/core/test_page_versions.py looks that no shared page reads from these.
UNSEEN = frozenset(
    {
        "answer_drafts", "calendar_keys", "conversation_members", "conversations", "credential_applications",
        "data_exports", "half_sign_ins", "known_devices",
        "mails", "messages", "notifications", "one_time_links", "page_versions", "reading_days", "sessions",
        "spent_challenges", "thread_reads", "watches",
    }
)  # fmt: skip
_WRITE = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
_READ = re.compile(r"\s*(?:SELECT|PRAGMA|BEGIN|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW|EXPLAIN)\b", re.IGNORECASE)
_DUE = "page_version_due"
_CHANGE = (
    "INSERT INTO page_versions (shard, version) VALUES ({0}, {0}) "
    "ON CONFLICT (shard) DO UPDATE SET version = excluded.version"
)
_PRESENT = "SELECT sum(version) FROM page_versions"
_IN_POSTGRES = "SELECT 1 WHERE to_regclass('page_versions') IS NOT NULL"
_IN_SQLITE = "SELECT 1 FROM sqlite_master WHERE name = 'page_versions'"
_PATIENCE_SECONDS = 2  # of a question about the version; a page is made without the cache then


class PageVersion(Base):
    """One of the few rows whose sum is the version."""

    __tablename__ = "page_versions"

    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)


def is_shown(statement: str) -> bool:
    """Whether the SQL may change something that visitors see. What isn't understood may."""
    if _READ.match(statement):
        return False
    write = _WRITE.match(statement)
    return write is None or write[1].lower() not in UNSEEN


# Where the table is known to stand. An older database has none until it is migrated, and nothing is kept until then.
_standing: WeakSet[Engine] = WeakSet()
UNCERTAIN = "page_versions_uncertain"  # in the info of a connection that migrates: the table may come or go


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    connection.info.pop(_DUE, None)


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
    if _DUE not in connection.info and is_shown(statement):
        connection.info[_DUE] = True


@event.listens_for(Engine, "commit")
def _change(connection: Connection) -> None:
    """Write a new version as the last statement of a transaction, so that nobody holds the row while they work."""
    if not connection.info.pop(_DUE, False):
        return
    is_postgres = connection.dialect.name == "postgresql"
    cursor = connection.connection.cursor()
    try:
        if _stands(connection, cursor, is_postgres=is_postgres):
            mark, shard = ("%s", secrets.randbelow(SHARDS)) if is_postgres else ("?", 0)
            cursor.execute(_CHANGE.format(mark), (shard, secrets.randbits(56)))
    finally:
        cursor.close()


def _stands(connection: Connection, cursor: Any, *, is_postgres: bool) -> bool:
    """Whether the database has the table; asked once of each engine that has."""
    if connection.engine in _standing and UNCERTAIN not in connection.info:
        return True
    cursor.execute(_IN_POSTGRES if is_postgres else _IN_SQLITE)
    found = cursor.fetchone() is not None
    if found:
        _standing.add(connection.engine)
    return found


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
    """Asks SQLite's own counter of other connections' commits first; it answers from shared memory."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = threading.local()

    def present(self) -> int | None:
        try:
            here = self._threads.here
        except AttributeError:
            here = self._threads.here = _Counter(self._path)
        try:
            return here.present()
        except sqlite3.Error:
            del self._threads.here
            return None

    def close(self) -> None:
        self._threads = threading.local()


class _Counter:
    """One thread's connection, and what it saw last."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._commits = -1
        self._version: int | None = None

    def present(self) -> int | None:
        if self._connection is None:
            self._connection = sqlite3.connect(
                f"file:{self._path}?mode=rw", uri=True, isolation_level=None, timeout=_PATIENCE_SECONDS
            )
        commits = self._connection.execute("PRAGMA data_version").fetchone()[0]
        if commits != self._commits:
            self._version = self._connection.execute(_PRESENT).fetchone()[0]
            self._commits = commits  # asked before the version: what came between is asked again next time
        return self._version


class _InPostgres:
    """Asks by connections of its own, as many as ask at once."""

    def __init__(self, url: URL) -> None:
        query = {name: value for name, value in url.query.items() if isinstance(value, str)}
        self._address = url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)
        self._idle: list[Any] = []

    def present(self) -> int | None:
        import psycopg  # noqa: PLC0415 - PostgreSQL is an optional part

        for _try in range(2):  # a connection that lay idle may be dead: the database was started again
            try:
                connection = self._idle.pop() if self._idle else None
            except IndexError:  # another thread was quicker
                connection = None
            is_fresh = connection is None
            try:
                connection = connection or self._connected()
                row = connection.execute(_PRESENT, prepare=True).fetchone()
            except psycopg.Error:
                if is_fresh:
                    return None
                continue
            self._idle.append(connection)
            return None if row[0] is None else int(row[0])
        return None

    def _connected(self) -> Any:
        import psycopg  # noqa: PLC0415 - PostgreSQL is an optional part

        return psycopg.connect(
            self._address,
            autocommit=True,
            connect_timeout=_PATIENCE_SECONDS,
            options=f"-c statement_timeout={_PATIENCE_SECONDS * 1000}",
            application_name="forum pages",
        )

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()
