"""Where the rows go: COPY into PostgreSQL, or many rows a statement into SQLite; indexes are made when all is there."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg import sql

from bench.grow.flagging import Write
from bench.grow.tables import SEARCHED, TABLES

Say = Callable[[str], None]

_ROWS = 5_000  # a statement of SQLite's
_INDEXES = """
SELECT c.relname, pg_get_indexdef(c.oid), coalesce(k.conname, ''), coalesce(pg_get_constraintdef(k.oid), '')
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
LEFT JOIN pg_constraint k ON k.conindid = c.oid AND k.contype = 'u'
WHERE i.indrelid = %s::regclass AND NOT i.indisprimary
"""
_OWNED = (
    "SELECT pg_get_serial_sequence(%s, 'id') WHERE EXISTS (SELECT FROM pg_attribute WHERE attrelid = %s::regclass"
    " AND attname = 'id' AND NOT attisdropped)"
)


def connected(url: str) -> psycopg.Connection[Any]:
    """Return a connection that checks no foreign keys: the rows are ours, and the test looks at them."""
    address = url.replace("postgresql+psycopg", "postgresql")
    options = "session_replication_role=replica", "timezone=UTC", "synchronous_commit=off", "maintenance_work_mem=1GB"
    return psycopg.connect(address, autocommit=True, options=" ".join(f"-c {each}" for each in options))


@contextmanager
def postgres(url: str, say: Say, *, are_many: bool) -> Iterator[dict[str, Write]]:
    """Yield what writes rows by table; at the end everything is indexed and, of many rows, analysed and vacuumed."""
    with connected(url) as connection:
        again = [each for table in TABLES for each in _without_indexes(connection, table)] if are_many else []
        with ExitStack() as stack:
            writes: dict[str, Write] = {}
            for table, columns in TABLES.items():
                cursor = stack.enter_context(stack.enter_context(connected(url)).cursor())
                names = sql.SQL(", ").join(map(sql.Identifier, columns))
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
                writes[table] = stack.enter_context(cursor.copy(statement)).write_row
            yield writes
        for each in again:
            say(each[:100])
            connection.execute(each.encode())
        for table in TABLES:
            _go_on_counting(connection, table)
        if are_many:
            say("VACUUM ANALYZE")
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")


def _without_indexes(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """Drop the table's indexes but for its key's; return the statements that make them again."""
    again = []
    for name, index, constraint, definition in connection.execute(_INDEXES, (table,)).fetchall():
        if constraint:
            connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{constraint}"'.encode())
            again.append(f'ALTER TABLE {table} ADD CONSTRAINT "{constraint}" {definition}')
        else:
            connection.execute(f'DROP INDEX "{name}"'.encode())
            again.append(index)
    return again


def _go_on_counting(connection: psycopg.Connection[Any], table: str) -> None:
    found = connection.execute(_OWNED, (table, table)).fetchone()
    if found and found[0]:
        connection.execute(f"SELECT setval('{found[0]}', (SELECT max(id) FROM {table}))".encode())


@contextmanager
def sqlite(url: str, say: Say, *, are_many: bool) -> Iterator[dict[str, Write]]:
    """Yield what writes rows by table, all but the search's; at the end everything is indexed.

    There is no ANALYZE: the forum does none on SQLite, and its plans must be right without.
    """
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=OFF", "foreign_keys=OFF", "cache_size=-200000"):
        connection.execute(f"PRAGMA {pragma}")
    again = _sqlite_without_indexes(connection) if are_many else []
    connection.execute("BEGIN")
    sheets = {table: _Sheet(connection, table, columns) for table, columns in TABLES.items() if table != SEARCHED}
    yield {table: sheet.write for table, sheet in sheets.items()}
    for sheet in sheets.values():
        sheet.flush()
    for statement in again:
        say(statement[:100].replace("\n", " "))
        connection.execute(statement)
    connection.execute("COMMIT")
    if are_many:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _sqlite_without_indexes(connection: sqlite3.Connection) -> list[str]:
    places = ", ".join(f"'{table}'" for table in TABLES)
    query = f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({places})"
    found = connection.execute(query).fetchall()
    for name, _ in found:
        connection.execute(f'DROP INDEX "{name}"')
    return [statement for _, statement in found]


class _Sheet:
    """Rows of one table that are not written yet."""

    def __init__(self, connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> None:
        places = ", ".join("?" * len(columns))
        self._statement = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
        self._connection, self._rows = connection, list[Sequence[Any]]()

    def write(self, row: Sequence[Any]) -> None:
        self._rows.append(row)
        if len(self._rows) >= _ROWS:
            self.flush()

    def flush(self) -> None:
        self._connection.executemany(self._statement, self._rows)
        self._rows.clear()
