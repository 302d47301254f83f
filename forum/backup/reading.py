"""Reading a backup: first from end to end without believing anything, then again to load it."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from forum.backup import files
from forum.backup.sealing import MARK, Opening, WrongPassphrase
from forum.backup.writing import FORMAT, VERSION

_BEGINNING = json.dumps({"format": FORMAT}, separators=(",", ":")).encode()[:-1]
LONGEST_LINE = 64 * 1024 * 1024  # bytes; no row of ours comes near


class BrokenBackup(Exception):
    """The file is no backup, not whole, not of a version that we know, or the passphrase is not its own."""


@dataclass(frozen=True)
class Head:
    """What a backup says of itself: the schema that it was made with, and when (ISO 8601, UTC)."""

    revision: str
    made_at: str


@dataclass(frozen=True)
class Contents:
    """A backup that was read from end to end and is whole: what it says of itself, its rows by table, how many files.

    The pieces of files count as rows of a table that no database has (`files.TABLE`).
    """

    head: Head
    rows: dict[str, int]
    files: int = 0

    @property
    def tables(self) -> dict[str, int]:
        """The rows of the database's own tables."""
        return {name: count for name, count in self.rows.items() if name != files.TABLE}


@dataclass(frozen=True)
class TableHead:
    """What stands before the rows of a table."""

    name: str
    columns: list[str]


def examine(file: Path, passphrase: str = "") -> Contents:
    """Read all of it; return what is in it. Raises BrokenBackup, which says what is wrong, and OSError."""
    with lines_of(file, passphrase) as lines:
        head = next(lines)
        assert isinstance(head, Head)
        rows: dict[str, int] = {}
        table, count = "", 0
        for line in lines:
            if isinstance(line, TableHead):
                table = line.name
                rows[table] = 0
            else:
                rows[table] += 1
                count += _begins_file(table, line)
    return Contents(head, rows, count)


def _begins_file(table: str, row: Any) -> bool:
    return table == files.TABLE and row[files.COLUMNS.index("piece")] == 0


def is_backup(file: Path) -> bool:
    """Whether it begins like one of ours; it need not be whole. Raises OSError."""
    if not file.is_file():
        return False
    with file.open("rb") as raw:
        if raw.read(len(MARK)) == MARK:
            return True
        raw.seek(0)
        with contextlib.suppress(EOFError, gzip.BadGzipFile, zlib.error):
            return gzip.GzipFile(fileobj=raw).read(len(_BEGINNING)) == _BEGINNING
    return False


Line = Head | TableHead | list[Any]


@contextmanager
def lines_of(file: Path, passphrase: str = "") -> Iterator[Iterator[Line]]:
    """Give the lines of a backup: its Head, then for each table a TableHead and its rows. Raises BrokenBackup."""
    with file.open("rb") as raw:
        try:
            yield _parsed(_unpacked(raw, passphrase))
        except WrongPassphrase as error:
            raise BrokenBackup("the passphrase does not open it, or it was changed") from error
        except (EOFError, gzip.BadGzipFile, zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
            raise BrokenBackup("it is damaged, or not a backup of this forum") from error


def _unpacked(raw: IO[bytes], passphrase: str) -> gzip.GzipFile:
    if raw.read(len(MARK)) != MARK:
        raw.seek(0)
        return gzip.GzipFile(fileobj=raw)
    if not passphrase:
        raise BrokenBackup("it is sealed: give its passphrase")
    opened: Any = io.BufferedReader(Opening(raw, passphrase))
    return gzip.GzipFile(fileobj=opened)


def _parsed(source: gzip.GzipFile) -> Iterator[Line]:
    total = hashlib.sha256()
    head = _line(source, total)
    yield _head(head)
    counts: dict[str, int] = {}
    table = TableHead("", [])
    while True:
        before = total.hexdigest()
        line = _line(source, total)
        if isinstance(line, list):
            if len(line) != len(table.columns) or not table.name:
                raise BrokenBackup("a row does not fit its table")
            counts[table.name] += 1
            yield line
        elif isinstance(line, dict) and "table" in line:
            table = TableHead(str(line["table"]), [str(name) for name in line["columns"]])
            counts[table.name] = 0
            yield table
        else:
            if not isinstance(line, dict) or line.get("sum") != before or line.get("rows") != counts:
                raise BrokenBackup("its sum is wrong: it was changed")
            if source.read(1):  # which lets gzip look at its own sum too
                raise BrokenBackup("something stands behind its end")
            return


def _line(source: gzip.GzipFile, total: Any) -> Any:
    content = source.readline(LONGEST_LINE)
    if not content.endswith(b"\n"):
        raise BrokenBackup("it is not whole")
    total.update(content)
    return json.loads(content)


def _head(line: Any) -> Head:
    if not isinstance(line, dict) or line.get("format") != FORMAT:
        raise BrokenBackup("it is not a backup of this forum")
    if line.get("version") != VERSION:
        raise BrokenBackup("it was made by a newer version of the forum")
    return Head(str(line["revision"]), str(line["made_at"]))
