"""Who is rendered next and who may wait for it: a bounded number of turns and of waiting places."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition

from forum.core.markup.rendered import NoTurn


@dataclass(frozen=True)
class Patience:
    """How long somebody waits for a turn, in seconds; who `yields` waits alone and lets all others go first."""

    seconds: float
    yields: bool = False


class WaitingRoom:
    """At most `turns` are served at a time, and at most `places` wait, since each of them holds a request's thread."""

    def __init__(self, turns: int, places: int) -> None:
        self._free, self._places = turns, places
        self._waiting = 0
        self._unyielding = 0  # of those who wait
        self._changed = Condition()

    @contextmanager
    def turn(self, patience: Patience) -> Iterator[None]:
        """Have a turn for the block's time. Raises `NoTurn` when the room is full or patience ends."""
        with self._changed:
            if not self._may_go(patience):
                self._wait(patience)
            self._free -= 1
        try:
            yield
        finally:
            with self._changed:
                self._free += 1
                self._changed.notify_all()

    def _may_go(self, patience: Patience) -> bool:
        return self._free > 0 and not (patience.yields and self._unyielding)

    def _wait(self, patience: Patience) -> None:
        if self._waiting >= (min(1, self._places) if patience.yields else self._places):
            raise NoTurn
        self._waiting += 1
        self._unyielding += not patience.yields
        try:
            if not self._changed.wait_for(lambda: self._may_go(patience), patience.seconds):
                raise NoTurn
        finally:
            self._waiting -= 1
            self._unyielding -= not patience.yields
            self._changed.notify_all()
