"""What a store of files can do: four methods, the same for a folder and for a bucket."""

from __future__ import annotations

import io
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

AT_ONCE = 64 * 1024  # bytes read together
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)  # no way out of the shelf, nothing hidden


@dataclass(frozen=True)
class Entry:
    """A file that is there: its name, its size in bytes, and when it was put."""

    name: str
    size: int
    at: datetime


@dataclass(frozen=True)
class Opened:
    """A file's content, to be read in parts and closed; its size in bytes, and when it was put."""

    file: io.BufferedReader
    size: int
    at: datetime


class Store(ABC):
    """Files by name on one shelf. Each method raises FilesAway when the store does not answer or refuses.

    A name is letters, digits, `.`, `_` and `-`; any other, such as "../x", is ValueError, whoever asks.
    """

    @abstractmethod
    def put(self, name: str, content: bytes | Path) -> None:
        """Keep `content`, or what the file at that path holds, under `name`: whole or not at all."""

    @abstractmethod
    def open(self, name: str) -> Opened | None:
        """Return what is kept under `name`, or None."""

    @abstractmethod
    def delete(self, name: str) -> None:
        """Forget `name`; nothing if it is not there."""

    @abstractmethod
    def entries(self) -> Iterator[Entry]:
        """Yield everything that is there, with flat memory; what a death left half-put is among it."""

    def get(self, name: str) -> bytes | None:
        """Return the whole content of a small file, or None."""
        opened = self.open(name)
        if opened is None:
            return None
        with opened.file as file:
            return file.read()


def checked(name: str) -> str:
    """Return the name; ValueError for one that no store takes."""
    if not could_be(name):
        raise ValueError(f"not the name of a file: {name!r}")
    return name


def could_be(name: str) -> bool:
    """Whether a store takes such a name; what lies there under another is none of ours."""
    return bool(_NAME.fullmatch(name))
