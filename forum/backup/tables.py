"""What is saved: the tables as the database has them, and how a value of each kind is written down and read again.

The database is asked for its tables, not our models, so that a backup of an older version can be loaded.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Column,
    Connection,
    Date,
    DateTime,
    Insert,
    LargeBinary,
    MetaData,
    Select,
    Table,
    Text,
    bindparam,
    cast,
    insert,
    inspect,
    literal,
    select,
    type_coerce,
)
from sqlalchemy.types import TypeEngine

# Made anew after a restore: the version of the schema, that of kept pages, and PostgreSQL's search index.
DERIVED = frozenset({"alembic_version", "page_versions", "search_documents"})


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables to save, those that others refer to first."""
    found = MetaData()
    names = [name for name in inspect(connection).get_table_names() if name not in DERIVED]
    found.reflect(connection, only=names)
    return found.sorted_tables


def reading(table: Table, dialect: str) -> Select[Any]:
    """Return the statement that reads all rows, in the order of the primary key."""
    columns = [_as_text(column, dialect) if isinstance(column.type, JSON) else column for column in table.columns]
    return select(*columns).order_by(*table.primary_key.columns)


def _as_text(column: Column[Any], dialect: str) -> Any:
    """JSON as it stands there: an empty column and a JSON null must not become the same."""
    text = type_coerce(column, Text) if dialect == "sqlite" else cast(column, Text)
    return text.label(column.name)


def writing(table: Table, columns: Sequence[str], dialect: str) -> Insert:
    """Return the statement that writes a row with these columns."""
    values: dict[str, Any] = {}
    for name in columns:
        kind = table.columns[name].type
        if isinstance(kind, JSON):
            words: BindParameter[Any] = bindparam(name, type_=Text)
            values[name] = words if dialect == "sqlite" else cast(words, kind)
        else:
            values[name] = bindparam(name, type_=kind)
    return insert(table).values(values)


def is_empty(connection: Connection, table: Table) -> bool:
    """Whether the table has no row."""
    return connection.execute(select(literal(1)).select_from(table).limit(1)).first() is None


Turn = Callable[[Any], Any]


def _same(value: Any) -> Any:
    return value


def encoders(table: Table) -> list[Turn]:
    """Return for each column what makes its value fit into JSON."""
    return [_encoder(column.type) for column in table.columns]


def _encoder(kind: TypeEngine[Any]) -> Turn:
    if isinstance(kind, DateTime):
        return lambda moment: moment and _in_utc(moment).isoformat()
    if isinstance(kind, Date):
        return lambda day: day and day.isoformat()
    if isinstance(kind, LargeBinary):
        return lambda content: None if content is None else base64.b64encode(content).decode()
    return _same


def _in_utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def decoders(table: Table, columns: Sequence[str], dialect: str) -> list[Turn]:
    """Return for each of the columns what makes its value again."""
    return [_decoder(table.columns[name].type, dialect) for name in columns]


def _decoder(kind: TypeEngine[Any], dialect: str) -> Turn:
    if isinstance(kind, DateTime):
        naive = dialect == "sqlite"  # which knows no zones: UTC by our rule
        return lambda text: text and datetime.fromisoformat(text).replace(tzinfo=None if naive else UTC)
    if isinstance(kind, Date):
        return lambda text: text and date.fromisoformat(text)
    if isinstance(kind, LargeBinary):
        return lambda text: None if text is None else base64.b64decode(text, validate=True)
    return _same
