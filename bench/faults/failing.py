"""The N-th step of some work fails, or the process dies there: a statement, a commit, a file, a call of the index."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EIO, ENOSPC
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from forum.core.database import db
from search_index import whoosh_writer
from search_index.postgres_engine import PostgresIndex
from search_index.whoosh_engine import WhooshIndex

_WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b", re.IGNORECASE)
_FILES = ((Path, "write_bytes"), (Path, "write_text"), (Path, "replace"))
_INDEX = (
    (WhooshIndex, "put"), (WhooshIndex, "drop"), (whoosh_writer, "replace"), (PostgresIndex, "put"),
    (PostgresIndex, "drop"),
)  # fmt: skip


@dataclass
class Steps:
    """How many steps were taken so far, and what happens at which."""

    at: int
    happens: Callable[[str], NoReturn]
    taken: int = 0

    @property
    def happened(self) -> bool:
        """Whether the work came so far."""
        return self.taken >= self.at

    def step(self, what: str) -> None:
        """Take one step."""
        self.taken += 1
        if self.taken == self.at:
            self.happens(what)


def breaks(what: str) -> NoReturn:
    """Fail as the database, or the disk, fails."""
    if what in ("statement", "commit", "committed"):
        raise OperationalError(f"made to fail: {what}", None, sqlite3.OperationalError("disk I/O error"))
    is_file = any(what == name for _, name in _FILES)  # a full disk; the index meets one that is broken
    raise OSError(ENOSPC if is_file else EIO, f"made to fail: {what}")


def dies(_what: str) -> NoReturn:
    """End by `kill -9`."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


@contextmanager
def at_step(number: int, happens: Callable[[str], NoReturn], *, after_commits: bool = False) -> Iterator[Steps]:
    """Let it happen just before the step of this number; with `after_commits` what follows a commit is a step, too."""
    steps, engine = Steps(number, happens), db.engine

    def statement(_connection: Any, _cursor: Any, words: str, *_: Any) -> None:
        if _WRITES.match(words):
            steps.step("statement")

    def commit(_connection: Any) -> None:
        steps.step("commit")

    def committed(_session: Any) -> None:
        steps.step("committed")

    listeners: list[tuple[Any, str, Any]] = [(engine, "before_cursor_execute", statement), (engine, "commit", commit)]
    listeners += [(db.session, "after_commit", committed)] if after_commits else []
    patches = [
        patch.object(owner, name, _counted(steps, getattr(owner, name), name)) for owner, name in _FILES + _INDEX
    ]
    for listener in listeners:
        event.listen(*listener)
    for each in patches:
        each.start()
    try:
        yield steps
    finally:
        for each in patches:
            each.stop()
        for listener in listeners:
            event.remove(*listener)


def _counted(steps: Steps, function: Callable[..., Any], name: str) -> Callable[..., Any]:
    def count(*arguments: Any, **options: Any) -> Any:
        steps.step(name)
        return function(*arguments, **options)

    return count
