"""What a row plays on: a folder and servers that end with it, and the sheet on which it writes what it saw."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from bench.faults.forums import Forum, opened
from forum.guard import Guard
from tests.servers.postgres import Postgres


@dataclass
class Sheet:
    """What a row did and found, as it is printed. `faults` make it fail; `missing` could not be tried here."""

    did: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON's own types."""
        return asdict(self)


@dataclass
class Stage:
    """Where one row is played."""

    folder: Path
    guard: Guard
    is_quick: bool = False
    sheet: Sheet = field(default_factory=Sheet)
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    postgres_folder: Path | None = None  # where its PostgreSQL lies, when not among the temporary files
    _names: int = 0
    _at_end: list[Callable[[], None]] = field(default_factory=list)

    def times(self, whole: int, quick: int) -> int:
        """Return how often something is done: so often, or so often when there is little time."""
        return quick if self.is_quick else whole

    def did(self, what: str) -> None:
        """Note what was done, and how often."""
        self.sheet.did.append(what)

    def found(self, what: str) -> None:
        """Note what was seen that is no fault."""
        self.sheet.found.append(what)

    def missing(self, what: str) -> None:
        """Note what this machine does not allow."""
        self.sheet.missing.append(what)

    def check(self, holds: object, otherwise: str) -> None:
        """Note a fault unless it holds."""
        if not holds:
            self.sheet.faults.append(otherwise)

    def new_folder(self, name: str) -> Path:
        """Return a new folder that goes with the row."""
        self._names += 1
        made = self.folder / f"{self._names}-{name}"
        made.mkdir()
        return made

    def new_database(self, kind: str) -> str:
        """Return the address of an empty database of that kind; "" is SQLite in the forum's folder."""
        if kind == "sqlite":
            return ""
        self._names += 1
        return self.postgres.create(f"forum{self._names}")

    @cached_property
    def postgres(self) -> Postgres:
        """A PostgreSQL of this row alone, which keeps what it has acknowledged, also when it is killed."""
        server = Postgres(self.guard, is_durable=True, parent=self.postgres_folder)
        self.at_end(server.stop)
        return server

    @contextmanager
    def forum(
        self,
        kind: str = "sqlite",
        env: Mapping[str, str] | None = None,
        folder: Path | None = None,
        **options: Any,
    ) -> Iterator[Forum]:
        """A running forum; its last words are shown when what is done with it breaks off."""
        place = folder or self.new_folder(kind)
        place.mkdir(exist_ok=True)
        url = self.new_database(kind)
        settings = {**(env or {}), **({"DATABASE_URL": url} if url else {})}
        forum = opened(self.guard, place, settings, **options)
        try:
            yield forum
        except BaseException as error:
            error.add_note(forum.website.logs())
            raise
        finally:
            with suppress(Exception):
                forum.close()

    def at_end(self, act: Callable[[], None]) -> None:
        """Do this when the row has ended."""
        self._at_end.append(act)

    def close(self) -> None:
        """End what the row has started."""
        for act in reversed(self._at_end):
            with suppress(Exception):
                act()


def wait_for(done: Callable[[], bool], seconds: float) -> float | None:
    """Return after how many seconds it was so, or None when it was not within `seconds`."""
    began = time.monotonic()
    while True:
        if done():
            return time.monotonic() - began
        if time.monotonic() - began > seconds:
            return None
        time.sleep(0.05)
