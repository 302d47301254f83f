"""The versions of what visitors can see: changed in the same transaction as that.

A version is a random number and not a count, so that one read before a backup was restored never comes again.
"""

from __future__ import annotations

import secrets
from typing import Any
from weakref import WeakSet

from sqlalchemy import BigInteger, Connection, Engine, SmallInteger, event
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base
from forum.core.pagecache.changes import NOTHING, change_of, scopes_of
from forum.core.pagecache.scopes import ALL, LISTS, SHARDS

_DUE = "page_versions_due"  # in the info of a connection: the scopes that its transaction changes
_EVERYTHING = frozenset({ALL})
_MOST = 16  # scopes of one transaction; more of them are everything
_STANDS_IN = "page_versions_posts"  # there too: of posts that it is about to change, in which threads they stand
_ROW = "({0}, {0})"
_CHANGE = (
    "INSERT INTO page_versions (shard, version) VALUES {} ON CONFLICT (shard) DO UPDATE SET version = excluded.version"
)
_BITS_OF_ALL, _BITS = 56, 48  # of random numbers; SQLite's sum over all rows has to fit into 63, for older releases
_IN_POSTGRES = "SELECT 1 WHERE to_regclass('page_versions') IS NOT NULL"
_IN_SQLITE = "SELECT 1 FROM sqlite_master WHERE name = 'page_versions'"


class PageVersion(Base):
    """One row of those that versions are the sums of (scopes.py)."""

    __tablename__ = "page_versions"

    shard: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(BigInteger)


# Where the table is known to stand. An older database has none until it is migrated, and nothing is kept until then.
_standing: WeakSet[Engine] = WeakSet()
UNCERTAIN = "page_versions_uncertain"  # in the info of a connection that migrates: the table may come or go


def stands_in(connection: Connection, post_id: int, thread_id: int) -> None:
    """Say in which thread a post stands that this transaction may change: the statement will not tell."""
    connection.info.setdefault(_STANDS_IN, {})[post_id] = thread_id


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    connection.info.pop(_DUE, None)
    connection.info.pop(_STANDS_IN, None)


@event.listens_for(Engine, "before_cursor_execute")
def _note(connection: Connection, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
    change = change_of(statement)
    if change is NOTHING:
        return
    info = connection.info
    due: frozenset[int] = info.get(_DUE, frozenset())
    if due is not _EVERYTHING:
        found = scopes_of(change, parameters, info.get(_STANDS_IN, {}))
        due = _EVERYTHING if found is None else due | found
        info[_DUE] = due if len(due) <= _MOST else _EVERYTHING


@event.listens_for(Engine, "commit")
def _change(connection: Connection) -> None:
    """Write new versions as the last statement of a transaction, so that nobody holds their rows while they work."""
    due = connection.info.pop(_DUE, None)
    if not due:
        return
    is_postgres = connection.dialect.name == "postgresql"
    if _stands(connection, is_postgres=is_postgres):
        # in one order for all, so that nobody waits in a ring
        rows = sorted(_row_of(scope, spread=is_postgres) for scope in due)
        values = [value for row in rows for value in (row, secrets.randbits(_BITS_OF_ALL if row < SHARDS else _BITS))]
        one = _ROW.format("%s" if is_postgres else "?")
        # by the connection and not by a cursor of our own, so that a fault is one of SQLAlchemy's, as in any statement
        connection.exec_driver_sql(_CHANGE.format(", ".join([one] * len(rows))), tuple(values))


def _row_of(scope: int, *, spread: bool) -> int:
    """Return the row to write; `spread`: one of those that a scope of many writers has, by chance."""
    return scope + secrets.randbelow(SHARDS) if spread and scope in (ALL, LISTS) else scope


def _stands(connection: Connection, *, is_postgres: bool) -> bool:
    """Whether the database has the table; asked once of each engine that has."""
    if connection.engine in _standing and UNCERTAIN not in connection.info:
        return True
    found = connection.exec_driver_sql(_IN_POSTGRES if is_postgres else _IN_SQLITE).first() is not None
    if found:
        _standing.add(connection.engine)
    return found
