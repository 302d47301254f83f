"""Figures about what waits, offered by the rooms and asked for only when somebody measures (`/metrics`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from forum.core.database import now


@dataclass(frozen=True)
class Gauge:
    """What the figure means, in English, and who knows it: None while it can't be known.

    `of_queue`: the queue knows it, whether or not the database answers.
    """

    meaning: str
    ask: Callable[[], float | None]
    of_queue: bool = False


gauges: dict[str, Gauge] = {}  # by their names for Prometheus


def seconds_since(moment: datetime | None) -> float:
    """Return the age of a moment, 0 for none: nothing waits."""
    return max((now() - moment).total_seconds(), 0.0) if moment else 0.0
