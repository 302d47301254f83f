"""The index's folder: a pointer to the generation in use, the lock of the one writer, and how to switch.

index/current.json        {"version": 1, "generation": "g-…"}; replaced in one step
index/g-…/                one Whoosh index
index/write.lock          locked by the operating system, so that a killed writer holds nothing
"""

import json
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whoosh.util.filelock import FileLock, try_for

from search_index.interface import IndexBusy, IndexUnavailable, Reason
from search_index.whoosh_schema import VERSION

_POINTER = "current.json"
_PREFIX = "g-"


class Folder:
    """One index on disk."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def generation(self) -> Path:
        """The folder of the generation in use. Raises IndexUnavailable if there is none that we can read."""
        try:
            pointer = json.loads((self._path / _POINTER).read_text("utf-8"))
            version, name = pointer["version"], pointer["generation"]
        except FileNotFoundError:
            raise IndexUnavailable(Reason.MISSING, "no index has been built") from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable(Reason.DAMAGED, f"{_POINTER}: {type(error).__name__}") from error
        if version != VERSION:
            raise IndexUnavailable(Reason.OUTDATED, f"version {version}, this is {VERSION}")
        if not isinstance(name, str) or not name.startswith(_PREFIX) or "/" in name:
            raise IndexUnavailable(Reason.DAMAGED, _POINTER)
        generation = self._path / name
        if not generation.is_dir():
            raise IndexUnavailable(Reason.MISSING, "its folder is gone")
        return generation

    @contextmanager
    def writing(self, patience: float) -> Iterator[None]:
        """Hold the writer's lock. Raises IndexBusy after `patience` seconds."""
        try:
            self._path.mkdir(parents=True, exist_ok=True)
            lock = FileLock(str(self._path / "write.lock"))
            if not try_for(lock.acquire, timeout=patience, delay=0.05):
                raise IndexBusy("another process is writing")
        except OSError as error:
            raise IndexUnavailable(Reason.UNWRITABLE, str(error.strerror)) from error
        try:
            yield
        finally:
            lock.release()

    def new_generation(self) -> Path:
        """An empty folder for the next generation; what dead writers left behind is cleared away."""
        in_use = self.in_use()
        for leftover in self._path.glob(f"{_PREFIX}*"):
            if leftover.name != in_use:
                shutil.rmtree(leftover, ignore_errors=True)
        generation = self._path / f"{_PREFIX}{time.strftime('%Y%m%d')}-{secrets.token_hex(4)}"
        generation.mkdir()
        return generation

    def switch(self, generation: Path) -> None:
        """Let everybody read this generation from now on, and remove the one before."""
        before = self.in_use()
        pointer = self._path / f"{_POINTER}.new"
        pointer.write_text(json.dumps({"version": VERSION, "generation": generation.name}), "utf-8")
        pointer.replace(self._path / _POINTER)
        if before and before != generation.name:
            shutil.rmtree(self._path / before, ignore_errors=True)

    def in_use(self) -> str | None:
        """The name of the generation in use, or None."""
        try:
            return self.generation().name
        except IndexUnavailable:
            return None
