"""What stands in a backup: everything as it was at one moment, while people go on writing."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from typing import IO, Any

from sqlalchemy import Connection, text

from forum.backup import files
from forum.backup.sealing import Sealing
from forum.backup.tables import encoders, reading, tables_of
from forum.core.database import db, now

FORMAT = "gathering backup"
VERSION = 1
_AT_ONCE = 500  # rows fetched together

Moved = Callable[[str, int], None]  # the table, and how many of its rows are done


def write(out: IO[bytes], passphrase: str = "", moved: Moved = lambda _table, _rows: None) -> dict[str, int]:
    """Write everything into `out`, sealed with a passphrase; return the number of rows by table, and pieces of files.

    Raises OSError, and FilesAway when the store of files does not answer.
    """
    with _packed(out, passphrase) as packed:
        return _write(Lines(packed), moved)


@contextlib.contextmanager
def _packed(out: IO[bytes], passphrase: str) -> Iterator[gzip.GzipFile]:
    """Give the stream into which the lines go: compressed, and sealed with a passphrase."""
    with contextlib.ExitStack() as stack:
        below: Any = stack.enter_context(Sealing(out, passphrase)) if passphrase else out
        yield stack.enter_context(gzip.GzipFile(fileobj=below, mode="wb", compresslevel=6, mtime=0))


class Lines:
    """JSON in lines, with a sum of all of them."""

    def __init__(self, out: gzip.GzipFile) -> None:
        self._out = out
        self.sum = hashlib.sha256()

    def add(self, line: Any) -> None:
        """Write one line."""
        content = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
        self.sum.update(content)
        self._out.write(content)


def _write(lines: Lines, moved: Moved) -> dict[str, int]:
    counts: dict[str, int] = {}
    with _moment() as connection:
        revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        lines.add({"format": FORMAT, "version": VERSION, "revision": revision, "made_at": now().isoformat()})
        for table in tables_of(connection):
            lines.add({"table": table.name, "columns": [column.name for column in table.columns]})
            counts[table.name] = 0
            turns = encoders(table)
            found = connection.execution_options(yield_per=_AT_ONCE).execute(reading(table, connection.dialect.name))
            for some in found.partitions():
                for row in some:
                    lines.add([turn(value) for turn, value in zip(turns, row, strict=True)])
                counts[table.name] += len(some)
                moved(table.name, counts[table.name])
    _write_files(lines, counts, moved)
    lines.add({"rows": counts, "sum": lines.sum.hexdigest()})
    return counts


def _write_files(lines: Lines, counts: dict[str, int], moved: Moved) -> None:
    """After the rows, without holding the database's moment any longer."""
    lines.add({"table": files.TABLE, "columns": files.COLUMNS})
    counts[files.TABLE] = 0
    for row in files.rows():
        lines.add(row)
        counts[files.TABLE] += 1
        if counts[files.TABLE] % _AT_ONCE == 0:
            moved("pieces of files:", counts[files.TABLE])


@contextlib.contextmanager
def _moment() -> Iterator[Connection]:
    """A connection that sees the database as it is at its first statement, whatever is written meanwhile."""
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            yield connection
        return
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True) as steady:
        steady.execute(text("SET LOCAL statement_timeout = 0"))
        yield steady
