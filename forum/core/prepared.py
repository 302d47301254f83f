"""Statements that are written out once and then sent as they are, for what every page and every post needs.

SQLAlchemy looks at each statement anew to find out whether it has met it before, and at each of its columns; that takes
five times as long as SQLite does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, ExceptionContext, Insert, Select, Update
from sqlalchemy.exc import DBAPIError

from forum.core.database import db

Row = tuple[Any, ...]


class Prepared:
    """A statement whose values are named by `bindparam`; rows come as tuples, in the types of its columns."""

    def __init__(self, write: Callable[[], Select[Any] | Update | Insert]) -> None:
        """`write` returns the statement; called once for each dialect, at the first use, when all rooms are there."""
        self._write = write
        self._written: dict[str, _Written] = {}

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[Row]:
        """Return all rows for these values. Raises the driver's own errors."""
        return self._in_words_of(connection.dialect).rows(connection, values)

    def within(self, values: dict[str, Any]) -> list[Row]:
        """Do it in the session's transaction and return all rows, if there are any. Raises SQLAlchemy's errors.

        Nothing that is new or changed in the session is written before.
        """
        connection = db.session.connection()
        written = self._in_words_of(connection.dialect)
        try:
            return written.rows(connection, values)
        except connection.dialect.loaded_dbapi.Error as fault:
            raised = _as_sqlalchemys(fault, written.sql, connection)
            if raised.connection_invalidated:  # it is gone, and nobody is to use it any more
                connection.invalidate(fault)
            raise raised from fault

    def _in_words_of(self, dialect: Dialect) -> _Written:
        written = self._written.get(dialect.name)
        if written is None:
            written = self._written[dialect.name] = _Written(self._write(), dialect)
        return written


class _Written:
    """A statement in the words of one database."""

    def __init__(self, statement: Select[Any] | Update | Insert, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.sql = str(compiled)
        self._given: dict[str, Any] = dict(compiled.params)
        self._order: Sequence[str] | None = compiled.positiontup
        kinds = {name: bind.type.dialect_impl(dialect) for bind, name in compiled.bind_names.items()}
        self._into = {name: kind.bind_processor(dialect) for name, kind in kinds.items()}
        self._outof = [
            (place, out)
            for place, column in enumerate(statement.selected_columns if isinstance(statement, Select) else ())
            if (out := column.type.dialect_impl(dialect).result_processor(dialect, None)) is not None
        ]

    def rows(self, connection: Connection, values: dict[str, Any]) -> list[Row]:
        given = {**self._given, **values}
        ready = {name: given[name] if into is None else into(given[name]) for name, into in self._into.items()}
        sent: Any = ready if self._order is None else tuple([ready[name] for name in self._order])
        cursor = connection.connection.cursor()
        told = connection, cursor, self.sql, sent, None, False
        heard: Any = connection.dispatch
        for hear in heard.before_cursor_execute:  # who counts statements, and which of them are slow
            hear(*told)
        try:
            cursor.execute(self.sql, sent)
            found = cursor.fetchall() if cursor.description else []
        except connection.dialect.loaded_dbapi.Error as fault:
            _tell(_Fault(fault, connection, cursor, self.sql, sent))
            raise
        for hear in heard.after_cursor_execute:
            hear(*told)
        cursor.close()
        return [self._read(row) for row in found]

    def _read(self, row: Sequence[Any]) -> Row:
        read = list(row)
        for place, out in self._outof:
            read[place] = out(read[place])
        return tuple(read)


class _Fault(ExceptionContext):
    """What listeners to faults are told by SQLAlchemy of a statement that it has sent itself."""

    def __init__(self, fault: Exception, connection: Connection, cursor: Any, sql: str, sent: Any) -> None:
        self.connection, self.engine, self.dialect = connection, connection.engine, connection.dialect
        self.cursor, self.statement, self.parameters = cursor, sql, sent
        self.original_exception = fault
        self.sqlalchemy_exception = _as_sqlalchemys(fault, sql, connection)
        self.is_disconnect = self.sqlalchemy_exception.connection_invalidated
        self.chained_exception = self.execution_context = None
        self.invalidate_pool_on_disconnect, self.is_pre_ping = True, False


def _tell(fault: _Fault) -> None:
    """Tell who listens to faults (telemetry's traces) of one; what they answer changes nothing here."""
    hearing: Any = fault.dialect.dispatch
    for hear in hearing.handle_error:
        hear(fault)


def _as_sqlalchemys(fault: Exception, sql: str, connection: Connection) -> DBAPIError:
    """Return the driver's error as SQLAlchemy would raise it, which says whether the connection is gone."""
    dialect = connection.dialect
    is_gone = dialect.is_disconnect(fault, connection.connection, None)  # type: ignore[arg-type]
    raised = DBAPIError.instance(
        sql, {}, fault, dialect.loaded_dbapi.Error, connection_invalidated=is_gone, dialect=dialect
    )
    assert isinstance(raised, DBAPIError)
    return raised
