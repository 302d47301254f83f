"""The version of what visitors can see: changed in the same transaction as that.

A version is a random number and not a count, so that one read before a backup was restored never comes again.
"""

from __future__ import annotations

import re
import secrets
from typing import Any
from weakref import WeakSet

from sqlalchemy import BigInteger, Connection, Engine, SmallInteger, event
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base

# Rows that writers spread over in PostgreSQL: who commits holds one for a moment, and others need not wait for it.
SHARDS = 16
# Tables of which nothing stands on a shared page, and in which much is written. Everything else counts as shown;
# tests/core/test_page_cache.py looks that no shared page reads from these.
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
_IN_POSTGRES = "SELECT 1 WHERE to_regclass('page_versions') IS NOT NULL"
_IN_SQLITE = "SELECT 1 FROM sqlite_master WHERE name = 'page_versions'"


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
    if _stands(connection, is_postgres=is_postgres):
        mark, shard = ("%s", secrets.randbelow(SHARDS)) if is_postgres else ("?", 0)
        # by the connection and not by a cursor of our own, so that a fault is one of SQLAlchemy's, as in any statement
        connection.exec_driver_sql(_CHANGE.format(mark), (shard, secrets.randbits(56)))


def _stands(connection: Connection, *, is_postgres: bool) -> bool:
    """Whether the database has the table; asked once of each engine that has."""
    if connection.engine in _standing and UNCERTAIN not in connection.info:
        return True
    found = connection.exec_driver_sql(_IN_POSTGRES if is_postgres else _IN_SQLITE).first() is not None
    if found:
        _standing.add(connection.engine)
    return found
