"""The database: one `db`, the base of all models, and `transaction()`, the only way to write."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, MetaData, String, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, make_transient
from sqlalchemy.types import TypeDecorator

from forum.core import signals
from forum.core.errors import NotFound
from forum.core.replica import WRITING, Routed

log = logging.getLogger(__name__)

PUT = "put"  # in the info of a session: the rows that were written past it (putting.py)
BUSY_SECONDS = 10  # how long a writer waits for another one (checks.md R-5)


class Base(DeclarativeBase):
    """Base of all models; constraint names are fixed so that migrations can name them on every engine."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False, "class_": Routed})


def give_back(_error: BaseException | None = None) -> None:
    """End what this request or job has read, to be called before Flask-SQLAlchemy does.

    A database that goes away just now can't be told to roll back any more, and then the page that is already made would
    be lost to an error that is nobody's. The connection is thrown away.
    """
    try:
        db.session.remove()
    except DBAPIError as error:
        log.warning("the database went away after the answer was made: %s", type(error.orig).__name__)
        with suppress(DBAPIError):
            db.session().invalidate()
        db.session.registry.clear()


class Clock:
    """Where the present comes from; tests move its `offset`."""

    offset = timedelta(0)


def now() -> datetime:
    """Return the present moment, aware, in UTC."""
    return datetime.now(UTC) + Clock.offset


class UTCDateTime(TypeDecorator[datetime]):
    """An aware moment in UTC on every engine; SQLite forgets the zone, so it is put back when read."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        """Return what reads a value: on SQLite in one step what would be three of SQLAlchemy's."""
        return _moment if dialect.name == "sqlite" else super().result_processor(dialect, coltype)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments (ValueError) and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment aware, in UTC."""
        return None if value is None else _aware(value)


def _moment(written: str | None) -> datetime | None:
    return None if written is None else _aware(datetime.fromisoformat(written))


def _aware(value: datetime) -> datetime:
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class IdList(TypeDecorator[tuple[int, ...]]):
    """A few ids in one short text, "3,7": readable without another statement, and "" is easily indexed away."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Iterable[int] | None, dialect: Dialect) -> str | None:
        """Store the ids in their order, each once."""
        return None if value is None else ",".join(str(each) for each in sorted(set(value)))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[int, ...] | None:
        """Return the ids as a tuple."""
        return None if value is None else tuple(int(each) for each in value.split(",") if each)


@event.listens_for(Engine, "connect")
def _tune_sqlite(connection: Any, _record: Any) -> None:
    """Make SQLite durable (FULL), concurrent (WAL), strict (foreign keys), and leave BEGIN to `_begin_sqlite`."""
    if not isinstance(connection, sqlite3.Connection):
        return
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "do_connect")
def _connect_to_postgres(dialect: Dialect, _record: Any, where: Any, options: Any) -> Any:
    """Connect so that no request waits for ever; for SQLite in the ordinary way."""
    if dialect.name != "postgresql":
        return None
    from forum.core.patience import Bounded  # noqa: PLC0415 - PostgreSQL is an optional part

    return Bounded.connect(*where, **options)


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Any) -> None:
    """Take the write lock at the start of a write: a read that becomes a write could only fail as busy."""
    if connection.dialect.name != "sqlite":
        return
    if connection.get_execution_options().get("writing", False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:  # touches no file, so that no fault has to become one of SQLAlchemy's; a tenth of its price
        connection.connection.dbapi_connection.execute("BEGIN")


@contextmanager
def transaction() -> Iterator[Session]:
    """Run one write: everything inside is committed at its end, or nothing is; then announcements are sent.

    What was loaded before is read anew under the write lock, so rules are checked against the present. Inside
    another transaction() it joins that one. Whatever is raised inside rolls back and goes on.
    """
    session: Session = db.session()
    if session.info.get(WRITING):
        yield session
        return
    session.rollback()
    session.expire_all()  # a rollback expires nothing after a commit, when no transaction has begun yet
    session.info[WRITING] = True
    session.info["announcements"], session.info[PUT] = [], []
    try:
        session.connection(execution_options={"writing": True})
        yield session
        session.commit()
        announcements = session.info["announcements"]
    except BaseException:
        for row in session.info[PUT]:  # which won't be there: SQLite gives its number to the next
            make_transient(row)  # before the rollback, which would empty it
        session.rollback()
        raise
    finally:
        for what in (WRITING, "announcements", PUT):
            session.info.pop(what, None)
    for signal, facts in announcements:
        signals.send(signal, facts)


def announce(signal: signals.Signal, **facts: Any) -> None:
    """Send `signal` with `facts` (ids and plain values) after the surrounding transaction() has committed."""
    db.session.info["announcements"].append((signal, facts))


Row = TypeVar("Row")


def locked(model: type[Row], row_id: int) -> Row | None:
    """Return the row under a row lock, read anew, or None; only inside transaction()."""
    return db.session.get(model, row_id, with_for_update={"key_share": True}, populate_existing=True)


def must_lock(model: type[Row], row_id: int) -> Row:
    """Return the row as `locked` does; raise NotFound when it is gone."""
    row = locked(model, row_id)
    if row is None:
        raise NotFound
    return row


_READERS_WAITED_FOR = 500  # milliseconds: nobody can write until the readers are done, or we give up


def drop_leftovers() -> bool:
    """Leave nothing of what was deleted in SQLite's log, and say whether that was done: readers may keep it open.

    In the database itself what is deleted was overwritten then (secure_delete). PostgreSQL does it by its vacuum.
    """
    if db.engine.dialect.name != "sqlite":
        return True
    db.session.rollback()  # our own reading must not be what keeps the log open
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_READERS_WAITED_FOR}")
        busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        connection.cursor().execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        connection.close()
    return not busy
