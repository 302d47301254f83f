"""A new row that is written by one plain statement, and which the session has from then on as if it had written it.

SQLAlchemy's unit of work finds out in which order to write what: a thousand calls for a row that stands alone.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

from sqlalchemy import Insert, bindparam, insert, inspect
from sqlalchemy.orm import make_transient_to_detached

from forum.core.database import PUT, Base, db
from forum.core.prepared import Prepared


class Putting:
    """Writes new rows of one model. They name other rows by number, which are there already."""

    def __init__(self, model: type[Base]) -> None:
        self._model = model
        self._statement = Prepared(self._write)

    def put(self, row: Base) -> None:
        """Write a row that no session has seen yet, inside transaction(). Raises SQLAlchemy's errors.

        A column that says nothing gets its default. If the transaction comes to nothing, the row is as new again, but
        for its number. What is inside a savepoint goes the usual way, for that may come to nothing alone.
        """
        session = db.session()
        if session.in_nested_transaction():
            session.add(row)
            session.flush()
            return
        held = row.__dict__
        values = {name: held[name] if name in held else default() for name, default in self._columns}
        ((held["id"],),) = self._statement.within(values)
        held.update(values)
        make_transient_to_detached(row)
        session.add(row)
        session.info[PUT].append(row)

    def _write(self) -> Insert:
        table: Any = self._model.__table__
        given = {name: bindparam(name, type_=table.c[name].type) for name, _default in self._columns}
        return insert(table).values(given).returning(table.c.id)

    @cached_property
    def _columns(self) -> list[tuple[str, Callable[[], Any]]]:
        """The attributes, each called as its column, and what they are when nothing is said."""
        columns = [column for column in inspect(self._model).column_attrs if column.key != "id"]
        return [(column.key, _default_of(column.columns[0])) for column in columns]


def _default_of(column: Any) -> Callable[[], Any]:
    default = column.default
    if default is None:
        return lambda: None
    return (lambda: default.arg) if default.is_scalar else (lambda: default.arg(None))
