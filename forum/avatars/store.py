"""Where pictures are kept. A folder beside the database now; another kind of store needs these methods and no more."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Protocol

from flask import current_app


class Store(Protocol):
    """Files by name. Names are the caller's and safe: letters, digits, `-` and `.`."""

    def put(self, name: str, data: bytes) -> None:
        """Keep `data` under `name`, whole or not at all."""

    def get(self, name: str) -> bytes | None:
        """Return what is kept under `name`, or None."""

    def delete(self, name: str) -> None:
        """Forget `name`; nothing if it is not there."""

    def url(self, name: str) -> str:
        """Return the address at which a reader's browser gets the file."""

    def names(self, before: datetime) -> Iterator[str]:
        """Yield the names of files put before a moment: what the sweep compares with the database."""


class Folder:
    """A store in one folder of this machine; the forum itself serves it under `prefix`."""

    def __init__(self, path: Path, prefix: str) -> None:
        self._path, self._prefix = path, prefix

    def put(self, name: str, data: bytes) -> None:
        """Write a draft beside it, then give it its name: no reader sees half a file."""
        self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path / f"draft.{os.getpid()}.{secrets.token_hex(4)}"
        try:
            draft.write_bytes(data)
            draft.replace(self._path / name)
        finally:
            draft.unlink(missing_ok=True)

    def get(self, name: str) -> bytes | None:
        """Return the file's content, or None."""
        try:
            return (self._path / name).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def delete(self, name: str) -> None:
        """Remove the file."""
        (self._path / name).unlink(missing_ok=True)

    def url(self, name: str) -> str:
        """Return a path of this forum."""
        return f"{self._prefix}/{name}"

    def names(self, before: datetime) -> Iterator[str]:
        """Yield old enough files, drafts that a crash left behind included."""
        if not self._path.is_dir():
            return
        with os.scandir(self._path) as entries:
            for entry in entries:
                if entry.is_file() and entry.stat().st_mtime < before.timestamp():
                    yield entry.name


def avatars() -> Store:
    """Return the store of people's pictures."""
    return Folder(Path(current_app.config["FORUM_INSTANCE"]) / "uploads" / "avatars", "/avatars")
