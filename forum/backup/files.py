"""Files in a backup: behind the rows of all tables, as rows of a table that no database has, in pieces.

They are read after the rows, so a picture that was changed at that moment may be missing: `after_restore` sees to it.
"""

from __future__ import annotations

import base64
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from types import TracebackType
from typing import Any

from forum.store.interface import Entry, Store
from forum.store.moving import DRAFT, TOGETHER
from forum.store.shelves import SHELVES, shelf

TABLE = "~files"
COLUMNS = ["shelf", "name", "piece", "content"]
PIECE = 256 * 1024  # bytes; smaller files are read and put several at once

Row = list[Any]


def rows() -> Iterator[Row]:
    """Yield every file in pieces, which follow each other. Raises FilesAway and OSError."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        for name in SHELVES:
            store = shelf(name)
            whole = (each for each in store.entries() if not each.name.startswith(DRAFT))
            while group := list(islice(whole, 10 * TOGETHER)):
                small = [each.name for each in group if each.size <= PIECE]
                for file, content in zip(small, pool.map(store.get, small), strict=True):
                    if content is not None:  # else it went meanwhile
                        yield [name, file, 0, _packed(content)]
                for each in group:
                    if each.size > PIECE:
                        yield from _large(store, name, each)


def _large(store: Store, name: str, entry: Entry) -> Iterator[Row]:
    opened = store.open(entry.name)
    if opened is None:
        return
    with opened.file as file:
        number = 0
        while piece := file.read(PIECE):
            yield [name, entry.name, number, _packed(piece)]
            number += 1


def _packed(content: bytes) -> str:
    return base64.b64encode(content).decode()


class Putting:
    """Puts files on their shelves as their pieces come. Leaving it without an error waits until all are there."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(TOGETHER)
        self._waiting: deque[Future[None]] = deque()
        self._shelf, self._name, self._pieces, self._whole = "", "", 0, NamedTemporaryFile()  # noqa: SIM115

    def __enter__(self) -> Putting:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            if kind is None:
                self._finish()
                self._wait(0)
        finally:
            self._pool.shutdown(cancel_futures=True)
            self._whole.close()

    def add(self, row: Row) -> None:
        """Take one piece in. Raises ValueError for one that stands where it does not belong."""
        name, file, number, content = row
        if name not in SHELVES:
            raise ValueError(f"no shelf of ours: {name!r}")
        if number == 0:
            self._finish()
            self._shelf, self._name = str(name), str(file)
        elif not self._pieces or (name, file, number) != (self._shelf, self._name, self._pieces):
            raise ValueError("a piece of a file is missing")
        self._pieces = number + 1
        self._whole.write(base64.b64decode(content, validate=True))

    def _finish(self) -> None:
        """Put the file whose last piece has come."""
        if not self._pieces:
            return
        store, size = shelf(self._shelf), self._whole.tell()
        if size <= PIECE:
            self._whole.seek(0)
            self._waiting.append(self._pool.submit(store.put, self._name, self._whole.read()))
        else:
            self._whole.flush()
            store.put(self._name, Path(self._whole.name))
        self._whole.seek(0)
        self._whole.truncate()
        self._pieces = 0
        self._wait(2 * TOGETHER)

    def _wait(self, most: int) -> None:
        while len(self._waiting) > most:
            self._waiting.popleft().result()
