"""Every row of the tests' database, deleted or put back as it was, and what was written since.

In the databases' own words and without checks, for every test begins so: through SQLAlchemy it took four times as long.
Between two tests every table is looked at, whoever wrote there; within a test that asks for it again and again only
what this process has written is undone.
"""

from __future__ import annotations

import atexit
import contextlib
import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from typing import Any
from weakref import WeakSet

from sqlalchemy import Engine, event

from forum.core.database import db

WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|COPY|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)", re.DOTALL | re.IGNORECASE
)
_TABLE = re.compile(r'\s*(?:INSERT\s+INTO|UPDATE|DELETE\s+FROM)\s+"?(\w+)', re.IGNORECASE)
_VERSIONS = "page_versions"  # the forum's own listener writes it beside everything that visitors see
FIRST = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
NEXT = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), coalesce(max(id), 0) + 1, false) FROM {0}"

# The kinds of database of which this process has written nothing since the stage was put there.
untouched: set[str] = set()


# Whoever wants to know which tables were written to.
_watching: WeakSet[Kept] = WeakSet()


@event.listens_for(Engine, "after_cursor_execute")
def _note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
    if (untouched or _watching) and wrote(cursor, statement):
        table = _TABLE.match(statement)
        _tell(connection.dialect.name, {table[1]} if table else set(db.metadata.tables))


def _tell(engine: str, tables: set[str]) -> None:
    """Remember that these tables of that kind of database are no longer as they were."""
    untouched.discard(engine)
    for kept in _watching:
        if kept.engine == engine:
            kept.changed |= tables


def wrote(cursor: Any, statement: str) -> bool:
    """Whether a statement wrote rows. How many an INSERT … RETURNING made, SQLite knows only when they are fetched."""
    return bool(WRITES.match(statement) and (cursor.rowcount or "RETURNING" in statement))


def empty() -> None:
    """Delete every row; in PostgreSQL ids begin anew, as they do in SQLite."""
    with _unchecked() as cursor:
        _empty(cursor)
        _execute(cursor, [FIRST] * _is_postgres())
    _tell(db.engine.dialect.name, set(_tables()))


def _empty(cursor: Any) -> None:
    tables = _tables()
    if not _is_postgres():  # which deletes quickly; SQLite rather says where anything is
        question = "SELECT " + ", ".join(f"EXISTS (SELECT 1 FROM {name})" for name in tables)
        [held] = cursor.execute(question).fetchall()
        tables = [name for name, holds in zip(tables, held, strict=True) if holds]
    _execute(cursor, [_deletion(name) for name in tables])


class Kept:
    """The rows at the moment when this was made. In PostgreSQL they lie in a schema of their own."""

    _number = 0

    def __init__(self) -> None:
        Kept._number += 1
        self._schema = f"kept_{Kept._number}"
        self.engine = db.engine.dialect.name
        self._rows: dict[str, list[Any]] = {}
        with _unchecked() as cursor:
            for name in _tables():
                rows = cursor.execute(f"SELECT * FROM {name}").fetchall()
                self._rows |= {name: rows} if rows else {}
            if _is_postgres():
                copies = [f"CREATE TABLE {self._schema}.{name} AS TABLE {name}" for name in self._rows]
                _execute(cursor, [f"CREATE SCHEMA {self._schema}", *copies])
        self.changed: set[str] = set()  # the tables that this process has written to since
        _watching.add(self)

    def put_back(self, *, counting_on: bool = False) -> None:
        """Make the database hold these rows and nothing else, whoever has written to it.

        `counting_on`: PostgreSQL gives the next row of a table the id after the last one kept, as SQLite always does.
        """
        with _unchecked() as cursor:
            _empty(cursor)
            self._fill(cursor, list(self._rows))
            if counting_on and _is_postgres():
                _execute(cursor, [FIRST, *(NEXT.format(name) for name in self._rows if _counts(name))])
        _tell(self.engine, set(_tables()))
        self.changed = set()

    def undo(self) -> None:
        """Put back the tables that this process has written to through SQLAlchemy since the last time."""
        tables = sorted(self.changed & db.metadata.tables.keys() | {_VERSIONS})
        with _unchecked() as cursor:
            _execute(cursor, [_deletion(name) for name in tables])
            self._fill(cursor, [name for name in tables if name in self._rows])
        _tell(self.engine, set(tables))
        self.changed = set()

    def _fill(self, cursor: Any, tables: list[str]) -> None:
        if _is_postgres():
            _execute(cursor, [f"INSERT INTO {name} SELECT * FROM {self._schema}.{name}" for name in tables])
            return
        for name in tables:
            rows = self._rows[name]
            cursor.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _is_postgres() -> bool:
    return db.engine.dialect.name == "postgresql"


def _tables() -> list[str]:
    return [table.name for table in db.metadata.sorted_tables]


def _counts(table: str) -> bool:
    column = db.metadata.tables[table].c.get("id")
    return column is not None and column.autoincrement == "auto"


def _deletion(table: str) -> str:
    return f"DELETE FROM {table}"  # TRUNCATE took 60 ms


def _execute(cursor: Any, orders: list[str]) -> None:
    for order in ["; ".join(orders)] * bool(orders) if _is_postgres() else orders:  # to PostgreSQL in one message
        cursor.execute(order)


@contextlib.contextmanager
def _unchecked() -> Iterator[Any]:
    """A cursor in a transaction of its own, in which no foreign key is checked: these rows fit together."""
    db.session.rollback()
    untouched.discard(db.engine.dialect.name)
    with _in_postgres() if _is_postgres() else _in_sqlite() as cursor:
        yield cursor
    db.session.expunge_all()


@contextlib.contextmanager
def _in_postgres() -> Iterator[Any]:
    connection = db.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("SET LOCAL session_replication_role = replica")
        yield cursor
        connection.commit()
    finally:
        connection.rollback()  # nothing is left of it unless something failed
        connection.close()


@contextlib.contextmanager
def _in_sqlite() -> Iterator[Any]:
    cursor = _sqlite(str(db.engine.url.database)).cursor()
    cursor.execute("BEGIN IMMEDIATE")
    try:
        yield cursor
        cursor.execute("COMMIT")
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    finally:
        cursor.close()


@cache
def _sqlite(path: str) -> sqlite3.Connection:
    """A connection beside those of the forum: if they changed their settings for this, they would forget all plans."""
    connection = sqlite3.connect(path, isolation_level=None, cached_statements=512, timeout=20)
    atexit.register(connection.close)
    for setting in ("foreign_keys=OFF", "secure_delete=OFF", "synchronous=OFF"):
        connection.execute(f"PRAGMA {setting}")
    return connection
