"""Every row of the tests' database, deleted or put back as it was, and whether anything was written since.

In the databases' own words and without checks, for every test begins so: through SQLAlchemy it took four times as long.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, event

from forum.core.database import db

WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|COPY|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)", re.DOTALL | re.IGNORECASE
)
FIRST = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"
NEXT = "SELECT setval(pg_get_serial_sequence('{0}', 'id'), coalesce(max(id), 0) + 1, false) FROM {0}"

# The kinds of database of which this process has written nothing since the stage was put there.
untouched: set[str] = set()


@event.listens_for(Engine, "after_cursor_execute")
def _note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
    if untouched and wrote(cursor, statement):
        untouched.discard(connection.dialect.name)


def wrote(cursor: Any, statement: str) -> bool:
    """Whether a statement wrote rows. How many an INSERT … RETURNING made, SQLite knows only when they are fetched."""
    return bool(WRITES.match(statement) and (cursor.rowcount or "RETURNING" in statement))


def empty() -> None:
    """Delete every row; in PostgreSQL ids begin anew, as they do in SQLite."""
    with _unchecked() as cursor:
        _execute(cursor, [*_deletions(), *[FIRST] * _is_postgres()])


class Kept:
    """The rows at the moment when this was made. In PostgreSQL they lie in a schema of their own."""

    _number = 0

    def __init__(self) -> None:
        Kept._number += 1
        self._schema = f"kept_{Kept._number}"
        tables = db.metadata.sorted_tables
        self._counting = [table.name for table in tables if "id" in table.c and table.c.id.autoincrement == "auto"]
        self._rows: dict[str, list[Any]] = {}
        with _unchecked() as cursor:
            for table in tables:
                rows = cursor.execute(f"SELECT * FROM {table.name}").fetchall()
                self._rows |= {table.name: rows} if rows else {}
            if _is_postgres():
                copies = [f"CREATE TABLE {self._schema}.{name} AS TABLE {name}" for name in self._rows]
                _execute(cursor, [f"CREATE SCHEMA {self._schema}", *copies])

    def put_back(self, *, counting_on: bool = False) -> None:
        """Make the database hold these rows and nothing else.

        `counting_on`: PostgreSQL gives the next row of a table the id after the last one kept, as SQLite always does.
        """
        with _unchecked() as cursor:
            if _is_postgres():
                copies = [f"INSERT INTO {name} SELECT * FROM {self._schema}.{name}" for name in self._rows]
                counters = [NEXT.format(name) for name in self._counting] if counting_on else []
                _execute(cursor, [*_deletions(), *copies, *counters])
            else:
                _execute(cursor, _deletions())
                for name, rows in self._rows.items():
                    cursor.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' * len(rows[0]))})", rows)


def _is_postgres() -> bool:
    return db.engine.dialect.name == "postgresql"


def _deletions() -> list[str]:
    return [f"DELETE FROM {table.name}" for table in db.metadata.sorted_tables]  # TRUNCATE took 60 ms


def _execute(cursor: Any, orders: list[str]) -> None:
    for order in ["; ".join(orders)] if _is_postgres() else orders:  # to PostgreSQL in one message
        cursor.execute(order)


@contextlib.contextmanager
def _unchecked() -> Iterator[Any]:
    """A cursor in a transaction of its own, in which no foreign key is checked: these rows fit together."""
    db.session.rollback()
    untouched.discard(db.engine.dialect.name)
    connection = db.engine.raw_connection()
    cursor = connection.cursor()
    before, after = ["SET LOCAL session_replication_role = replica"], []
    if not _is_postgres():
        before = ["PRAGMA foreign_keys=OFF", "PRAGMA secure_delete=OFF", "BEGIN IMMEDIATE"]
        after = ["PRAGMA foreign_keys=ON", "PRAGMA secure_delete=ON"]
    try:
        for order in before:
            cursor.execute(order)
        yield cursor
        connection.commit()
    finally:
        connection.rollback()  # nothing is left of it unless something failed
        for order in after:
            cursor.execute(order)
        connection.close()
    db.session.expunge_all()
