"""What `flask doctor` is told: facts beside faults, and the checks of rooms that the command line knows nothing of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from forum.core.database import now


class Fact(str):
    """A line that is worth knowing and nothing wrong."""


# What rooms above want looked at too, by the line's name: each yields facts, and plain words for what is wrong.
further_checks: dict[str, Callable[[], Iterator[str]]] = {}


def ago(moment: datetime) -> str:
    """Return how long ago it was, in the largest unit that fits: "7 s", "12 min", "5 h", "3 d"."""
    seconds = max(0, round((now() - moment).total_seconds()))
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if seconds >= 2 * size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
