"""Statements that are written out once and then sent as they are, for what every page of everybody signed in asks.

SQLAlchemy looks at each statement anew to find out whether it has met it before, and at each of its columns; that takes
five times as long as SQLite does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Select

Row = tuple[Any, ...]


class Prepared:
    """A SELECT whose values are named by `bindparam`; rows come as tuples, in the types of its columns."""

    def __init__(self, write: Callable[[], Select[Any]]) -> None:
        """`write` returns the statement; called once for each dialect, at the first use, when all rooms are there."""
        self._write = write
        self._written: dict[str, _Written] = {}

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[Row]:
        """Return all rows for these values. Raises the driver's own errors."""
        dialect = connection.dialect
        written = self._written.get(dialect.name)
        if written is None:
            written = self._written[dialect.name] = _Written(self._write(), dialect)
        return written.rows(connection, values)


class _Written:
    """A statement in the words of one database."""

    def __init__(self, statement: Select[Any], dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self._sql = str(compiled)
        self._given: dict[str, Any] = dict(compiled.params)
        self._order: Sequence[str] | None = compiled.positiontup
        kinds = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
        self._into = {name: kind.bind_processor(dialect) for name, kind in kinds.items()}
        self._outof = [
            (place, out)
            for place, column in enumerate(statement.selected_columns)
            if (out := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[Row]:
        given = {**self._given, **values}
        ready = {name: given[name] if into is None else into(given[name]) for name, into in self._into.items()}
        sent: Any = ready if self._order is None else tuple([ready[name] for name in self._order])
        cursor = connection.connection.cursor()
        told = connection, cursor, self._sql, sent, None, False
        heard: Any = connection.dispatch
        for hear in heard.before_cursor_execute:  # who counts statements, and which of them are slow
            hear(*told)
        cursor.execute(self._sql, sent)
        found = cursor.fetchall()
        for hear in heard.after_cursor_execute:
            hear(*told)
        cursor.close()
        return [self._read(row) for row in found]

    def _read(self, row: Sequence[Any]) -> Row:
        read = list(row)
        for place, out in self._outof:
            read[place] = out(read[place])
        return tuple(read)
