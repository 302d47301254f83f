"""What `flask doctor` says of the read replica: that it can't serve, or how far it is behind."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from forum.core.database import db
from forum.core.diagnosis import Fact
from forum.core.pagecache import PageVersion
from forum.core.replica import BIND

_VERSION = select(func.sum(PageVersion.version))
_STATE = select(
    func.pg_is_in_recovery(),
    func.coalesce(func.extract("epoch", func.now() - func.pg_last_xact_replay_timestamp()), 0),
    _VERSION.scalar_subquery(),
)


def findings() -> Iterator[str]:
    """Yield a fault when DATABASE_REPLICA_URL leads to no replica, else how well it keeps up."""
    engine = db.engines.get(BIND)
    if engine is not None:
        yield _of(engine)


def _of(engine: Engine) -> str:
    wanted = db.session.scalar(_VERSION)
    try:
        with engine.connect() as connection:
            repeats, seconds, version = connection.execute(_STATE).one()
    except SQLAlchemyError:
        return "DATABASE_REPLICA_URL does not answer: visitors' pages are made by the database itself"
    if not repeats:
        return "DATABASE_REPLICA_URL leads to a database that repeats nobody: it is never read from"
    if version == wanted:
        return Fact("it has all that visitors see")
    return Fact(f"it is behind; what it repeated last was committed {seconds:,.0f} s ago")
