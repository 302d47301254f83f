"""Carrying all files from one store to another: each is compared by its hash when it has arrived; safe to repeat."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from forum.store.interface import AT_ONCE, Store

TOGETHER = 6  # files on their way at once: they are small, and most of the time is waiting for the bucket
SMALL = 1024 * 1024  # bytes up to which a file goes through memory, and not through a file of its own
DRAFT = "draft."  # what begins so is not finished, and stays


class BadCopy(Exception):
    """What arrived is not what was sent."""


@dataclass
class Carried:
    """How many files were carried, were there already, were gone when their turn came; how many bytes were carried."""

    files: int = 0
    there: int = 0
    gone: int = 0
    bytes: int = 0

    @property
    def seen(self) -> int:
        """All that were looked at."""
        return self.files + self.there + self.gone


def carry(
    source: Store, target: Store, *, delete: bool = False, told: Callable[[Carried], None] = lambda _done: None
) -> Carried:
    """Put every file of `source` into `target`, and with `delete` take it from `source` once it is there for certain.

    What is there already, from a run that was ended, is compared and not sent again. Raises FilesAway, OSError, and
    BadCopy when a file reads otherwise than it was written; what was carried until then stays carried.
    """
    done = Carried()

    def one(name: str) -> int | None:
        return _carried(source, target, name, delete=delete)

    with ThreadPoolExecutor(TOGETHER) as pool:
        for names in _groups(each.name for each in source.entries() if not each.name.startswith(DRAFT)):
            for size in pool.map(one, names):
                if size is None:
                    done.gone += 1
                elif size < 0:
                    done.there += 1
                else:
                    done.files, done.bytes = done.files + 1, done.bytes + size
                told(done)
    return done


def _groups(names: Iterator[str]) -> Iterator[list[str]]:
    while group := list(islice(names, 10 * TOGETHER)):
        yield group


def _carried(source: Store, target: Store, name: str, *, delete: bool) -> int | None:
    """Return how many bytes were carried, -1 when they were there, None when the source has the file no more."""
    opened = source.open(name)
    if opened is None:
        return None
    with tempfile.SpooledTemporaryFile(SMALL) as content:
        with opened.file as file:
            seal = hashlib.sha256()
            while part := file.read1(AT_ONCE):
                seal.update(part)
                content.write(part)
        size = content.tell()
        was_there = _seal(target, name) == seal.digest()
        if not was_there:
            content.seek(0)
            _put(target, name, content, size)
            if _seal(target, name) != seal.digest():
                raise BadCopy(f"{name} reads otherwise than it was written")
    if delete:
        source.delete(name)
    return -1 if was_there else size


def _put(target: Store, name: str, content: tempfile.SpooledTemporaryFile[bytes], size: int) -> None:
    if size <= SMALL:
        target.put(name, content.read())
        return
    with tempfile.NamedTemporaryFile() as whole:
        while part := content.read(AT_ONCE):
            whole.write(part)
        whole.flush()
        target.put(name, Path(whole.name))


def _seal(store: Store, name: str) -> bytes | None:
    opened = store.open(name)
    if opened is None:
        return None
    seal = hashlib.sha256()
    with opened.file as file:
        while part := file.read1(AT_ONCE):
            seal.update(part)
    return seal.digest()
