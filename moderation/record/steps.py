"""How long a decision counts against somebody, and the usual next step: a table that decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app

from forum.core.database import now
from moderation.models import Outcome


@dataclass(frozen=True)
class Step:
    """One line of the table: with `borne` decisions in the record (the last line: or more) this usually comes next.

    WARN stands for every milder outcome too: what was posted is hidden, cut or removed, and nothing else happens.
    `days` is how long the person is silenced or suspended, 0 for WARN.
    """

    borne: int
    outcome: Outcome
    days: int = 0


def numbers() -> Mapping[str, int]:
    """Return the numbers of config.STRIKES as this forum has them."""
    found: Mapping[str, int] = current_app.config["STRIKES"]
    return found


def counts_for() -> timedelta:
    """Return how long a decision counts against somebody."""
    return timedelta(days=numbers()["DAYS"])


def counts_since() -> datetime:
    """Return the moment before which no decision counts any more."""
    return now() - counts_for()


def table() -> tuple[Step, ...]:
    """Return the table, mildest first; its numbers and where they come from stand in config.STRIKES."""
    days = numbers()
    return (
        Step(0, Outcome.WARN),
        Step(1, Outcome.SILENCE, days["SILENCE_FIRST_DAYS"]),
        Step(2, Outcome.SILENCE, days["SILENCE_AGAIN_DAYS"]),
        Step(3, Outcome.SUSPEND, days["SUSPEND_FIRST_DAYS"]),
        Step(4, Outcome.SUSPEND, days["SUSPEND_AGAIN_DAYS"]),
    )


def next_step(borne: int) -> Step:
    """Return what usually comes next for somebody with so many decisions that still count."""
    lines = table()
    return lines[min(borne, len(lines) - 1)]
