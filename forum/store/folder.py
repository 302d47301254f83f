"""A store in one folder of this machine, or of a file system that all machines share."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from forum.store.interface import Entry, Opened, Store, checked, could_be


class Folder(Store):
    """A shelf in one folder, readable by the forum alone."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, name: str, content: bytes | Path) -> None:
        """Write a draft beside it, then give it its name: no reader sees half a file."""
        target = self.path / checked(name)
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.draft()
        try:
            if isinstance(content, Path):
                draft.touch(mode=0o600)
                shutil.copyfile(content, draft)
            else:
                draft.write_bytes(content)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)

    def draft(self, name: str = "") -> Path:
        """Return a path in the folder for what is still being written; `entries` yields it, so the sweep finds it."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.path / f"draft.{name or f'{os.getpid()}.{secrets.token_hex(4)}'}"

    def open(self, name: str) -> Opened | None:
        """Return the open file, or None."""
        try:
            file = (self.path / checked(name)).open("rb")
        except (FileNotFoundError, NotADirectoryError):
            return None
        stat = os.fstat(file.fileno())
        return Opened(file, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))

    def delete(self, name: str) -> None:
        """Remove the file."""
        (self.path / checked(name)).unlink(missing_ok=True)

    def entries(self) -> Iterator[Entry]:
        """Yield the files of the folder that could be ours; one that goes meanwhile is left out."""
        if not self.path.is_dir():
            return
        with os.scandir(self.path) as found:
            for each in found:
                if not could_be(each.name):
                    continue
                try:
                    stat = each.stat(follow_symlinks=False)
                    is_file = each.is_file(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if is_file:
                    yield Entry(each.name, stat.st_size, datetime.fromtimestamp(stat.st_mtime, UTC))
