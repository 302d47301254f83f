"""Loading a backup into an empty database of either kind: all of it in one transaction, or nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, delete, inspect, text

from forum.backup import files
from forum.backup.reading import BrokenBackup, Contents, Head, TableHead, examine, lines_of
from forum.backup.tables import decoders, is_empty, tables_of, writing
from forum.core.database import db
from forum.core.schema import migrations_folder
from forum.store.shelves import after_restore

_AT_ONCE = 500  # rows written together
# What `flask setup` puts into a new database: it makes room for the backup's own.
_SET_UP = frozenset({"audit_head", "subthemes", "site_settings", "audit_entries"})
_SIGNED_IN = frozenset({"sessions", "half_sign_ins"})

Moved = Callable[[int], None]  # how many rows are written


class NotEmpty(Exception):
    """There is a forum in the database already, and nothing was changed."""


def restore(
    file: Path, passphrase: str = "", moved: Moved = lambda _rows: None, *, signed_in: bool = False
) -> Contents:
    """Load the backup, and bring the database to this version. The search index is to be built anew then.

    Everybody is signed out, unless `signed_in`: who was signed out after the backup was made, perhaps because of a
    stolen device, would be signed in again. Raises BrokenBackup or NotEmpty, FilesAway and OSError; nothing is loaded
    then, but for files that no row names: the sweep finds them.
    """
    contents = examine(file, passphrase)
    if contents.head.revision not in _known():
        raise BrokenBackup("it was made by a newer version of the forum")
    _prepare(contents.head.revision)
    with _writing() as connection:
        tables = {table.name: table for table in tables_of(connection)}
        if strange := contents.tables.keys() - tables.keys():
            raise BrokenBackup(f"it has tables that its version does not have: {', '.join(sorted(strange))}")
        _refuse_full(connection, tables.values())  # again: somebody may have joined while the tables were made
        for table in reversed(tables.values()):
            connection.execute(delete(table))
        with lines_of(file, passphrase) as lines:
            _load(connection, tables, lines, moved)
        if not signed_in:
            for name in _SIGNED_IN & tables.keys():
                connection.execute(delete(tables[name]))
        _count_on(connection, tables.values())
    _upgrade("head")
    return contents


def mend() -> list[str]:
    """Let nothing name a file that the backup did not have; return sentences about what was done. Safe to repeat."""
    return [said for act in after_restore if (said := act())]


def _known(upto: str = "head") -> set[str]:
    """Return the versions from the first one to this."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - 0.15 s, for this command alone

    return {script.revision for script in ScriptDirectory(str(migrations_folder())).walk_revisions("base", upto)}


def _upgrade(revision: str) -> None:
    from flask_migrate import upgrade  # noqa: PLC0415 - slow, see above

    upgrade(str(migrations_folder()), revision)


def _prepare(revision: str) -> None:
    """Leave an empty database with the backup's schema; NotEmpty if people are there."""
    with db.engine.connect() as connection:
        _refuse_full(connection, tables_of(connection))
        present = None
        if inspect(connection).has_table("alembic_version"):
            present = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    if present is not None and present not in _known(revision):  # older: a restore was killed while it made the tables
        raise NotEmpty(f"the database is of another version ({present}) than the backup ({revision}): take a new one")
    _upgrade(revision)


def _refuse_full(connection: Connection, tables: Iterable[Table]) -> None:
    full = [table.name for table in tables if table.name not in _SET_UP and not is_empty(connection, table)]
    if full:
        raise NotEmpty("the database is not empty: " + ", ".join(sorted(full)[:5]))


@contextlib.contextmanager
def _writing() -> Iterator[Connection]:
    """One transaction in which references need not hold until its end; then all of them are looked at."""
    with db.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            with _unchecked_in_sqlite(connection):
                yield connection
        else:
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            constraints = connection.execute(text(_REFERENCES)).all()
            for table, name, _definition in constraints:
                connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
            yield connection
            for table, name, definition in constraints:
                connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}"))
            connection.commit()


# Names as PostgreSQL quotes them itself.
_REFERENCES = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""


@contextlib.contextmanager
def _unchecked_in_sqlite(connection: Connection) -> Iterator[None]:
    connection.exec_driver_sql("COMMIT")
    connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        yield
        if astray := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone():
            raise BrokenBackup(f"rows of {astray[0]} refer to what it does not have")
        connection.commit()
    finally:
        if connection.in_transaction():
            connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")  # type: ignore[union-attr]


def _load(connection: Connection, tables: dict[str, Table], lines: Iterator[Any], moved: Moved) -> None:
    done, waiting = 0, _Waiting(connection)
    take: Callable[[list[Any]], None] = waiting.add
    with files.Putting() as putting:
        for line in lines:
            if isinstance(line, TableHead):
                take = putting.add if line.name == files.TABLE else waiting.add
                if line.name != files.TABLE:
                    waiting.turn_to(tables[line.name], line.columns)
            elif not isinstance(line, Head):
                take(line)
                done += 1
                if done % _AT_ONCE == 0:
                    moved(done)
        waiting.write()
    moved(done)


class _Waiting:
    """Rows of one table that are written together."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._rows: list[dict[str, Any]] = []

    def turn_to(self, table: Table, columns: Sequence[str]) -> None:
        """Write what waits; from now on rows are of this table."""
        self.write()
        if strange := set(columns) - set(table.columns.keys()):
            raise BrokenBackup(f"{table.name} has columns that its version does not have: {', '.join(sorted(strange))}")
        dialect = self._connection.dialect.name
        self._columns, self._turns = columns, decoders(table, columns, dialect)
        self._statement = writing(table, columns, dialect)

    def add(self, values: list[Any]) -> None:
        """Take one row in."""
        turned = (turn(value) for turn, value in zip(self._turns, values, strict=True))
        self._rows.append(dict(zip(self._columns, turned, strict=True)))
        if len(self._rows) >= _AT_ONCE:
            self.write()

    def write(self) -> None:
        """Write what waits."""
        if self._rows:
            self._connection.execute(self._statement, self._rows)
            self._rows.clear()


def _count_on(connection: Connection, tables: Any) -> None:
    """Let PostgreSQL number new rows behind those that were loaded."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        keys = list(table.primary_key.columns)
        if len(keys) == 1 and keys[0].type.python_type is int:
            name = keys[0].name
            connection.execute(
                text(
                    f"SELECT setval(sequence, (SELECT coalesce(max({name}), 0) + 1 FROM {table.name}), false) "  # noqa: S608 - names of ours
                    f"FROM (SELECT pg_get_serial_sequence('{table.name}', '{name}') AS sequence) AS found "
                    "WHERE sequence IS NOT NULL"
                )
            )
