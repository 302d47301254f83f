"""How far moderators agree: the share of equal answers, and Cohen's kappa, which takes off what chance alone gives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import func, select

from forum.core.database import db, now
from moderation.models import Decision, Outcome
from moderation.second.models import SecondLook

PERIOD = timedelta(weeks=26)
Pairs = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Agreement:
    """Of `count` cases, the share (0 to 1) answered alike, and kappa: 1 always alike, 0 as by chance; None: unknown."""

    count: int
    share: float | None
    kappa: float | None


def measure(pairs: Pairs) -> Agreement:
    """Return the agreement in pairs of (first answer, second answer) with how often each occurred.

    Kappa (Cohen 1960) is (po - pe) / (1 - pe), where pe is what both would agree by chance, each with their own habits.
    It says nothing where both always answered the same one thing.
    """
    count = sum(pairs.values())
    if not count:
        return Agreement(0, None, None)
    observed = sum(number for (first, second), number in pairs.items() if first == second) / count
    firsts: Counter[str] = Counter()
    seconds: Counter[str] = Counter()
    for (first, second), number in pairs.items():
        firsts[first] += number
        seconds[second] += number
    chance = sum(firsts[answer] * seconds[answer] for answer in firsts) / count**2
    return Agreement(count, observed, None if chance == 1 else (observed - chance) / (1 - chance))


def lately() -> tuple[Agreement, Agreement]:
    """Return the agreement of half a year: whether a rule was broken, and what was to be done. One statement."""
    query = (
        select(Decision.outcome, SecondLook.outcome, func.count())
        .join(Decision, Decision.id == SecondLook.decision_id)
        .where(SecondLook.week >= now() - PERIOD, SecondLook.answered_at.is_not(None))
        .group_by(Decision.outcome, SecondLook.outcome)
    )
    found: Counter[tuple[str, str]] = Counter()
    for first, second, number in db.session.execute(query):
        found[(first, second)] += number
    return measure(_told_apart(found, _verdict)), measure(found)


def _told_apart(pairs: Pairs, name: Callable[[str], str]) -> Pairs:
    found: Counter[tuple[str, str]] = Counter()
    for (first, second), number in pairs.items():
        found[(name(first), name(second))] += number
    return found


def _verdict(outcome: str) -> str:
    return "kept" if outcome == Outcome.KEEP else "against"
