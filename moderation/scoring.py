"""How urgent a case is: a sum that can be explained line by line, and sorted by index while time passes.

Every open case gains the same amount a day, so the stored score leaves the present out: it is the points minus what
the days before the opening are worth. Sorting by it is sorting by urgency, at any moment, without touching a row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.subthemes.policy import looks_after
from moderation.models import Case, Flag, Source
from moderation.rules import urgency_of

# One flag of somebody without a record weighs 1. The shape follows Discourse (reviewable_score.rb): no bonus before
# five decided flags, staff several times a member; ours is simpler so that it can be said in one line on the page.
STAFF_WEIGHT = 3.0
YOUNG_WEIGHT = 0.2  # an account under a day old: five of them weigh what one netizen does
RECORD_LEAST = 5  # decided flags before a record counts
RECORD_WINDOW = 50  # only the latest decided flags count, so that people can get better
WEIGHT_NEVER_RIGHT, WEIGHT_ALWAYS_RIGHT = 0.25, 2.0

HELD_POINTS = 1.5  # somebody waits to be read
POINTS_MOST = 20.0  # more flags than this add nothing, so that a crowd can't bury the others …
POINTS_A_DAY = 4.0  # … and nothing new comes before a case that has waited POINTS_MOST / POINTS_A_DAY = 5 days

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)

Sum = tuple[str, int, float]  # a reason, how many people flagged for it, the sum of their weights


@dataclass(frozen=True)
class Explanation:
    """Why a case stands where it stands: the flags by reason, what was cut off, waiting, and the sum of them."""

    flags: list[ReasonPoints]
    held: float
    cut: float
    waited: timedelta
    waiting: float

    @property
    def total(self) -> float:
        """How urgent the case is now, in points."""
        return sum(part.points for part in self.flags) + self.held + self.cut + self.waiting


@dataclass(frozen=True)
class ReasonPoints:
    """What the flags for one reason add: how many people, their weights' sum, the reason's urgency, the product."""

    reason: str
    people: int
    weight: float
    urgency: float

    @property
    def points(self) -> float:
        """Weight times urgency."""
        return self.weight * self.urgency


def weight_of(flagger: User, subtheme_id: int) -> float:
    """Return what a flag by this person in this sub-theme weighs today, by office, age of the account and record."""
    if looks_after(flagger, subtheme_id):
        return STAFF_WEIGHT
    if flagger.is_young:
        return YOUNG_WEIGHT
    decided = (
        select(Flag.upheld)
        .where(Flag.flagger_id == flagger.id, Flag.upheld.is_not(None))
        .order_by(Flag.id.desc())
        .limit(RECORD_WINDOW)
    )
    return weight_by_record(list(db.session.scalars(decided)))


def weight_by_record(upheld: list[bool | None]) -> float:
    """Return the weight for these decided flags: 1 before the fifth, then by the share that was upheld."""
    if len(upheld) < RECORD_LEAST:
        return 1.0
    share = sum(map(bool, upheld)) / len(upheld)
    return WEIGHT_NEVER_RIGHT + share * (WEIGHT_ALWAYS_RIGHT - WEIGHT_NEVER_RIGHT)


def stored_score(source: str, opened_at: datetime, sums: Iterable[Sum]) -> float:
    """Return what is kept in Case.score."""
    return explain(source, opened_at, sums, opened_at).total - _days(opened_at - _EPOCH) * POINTS_A_DAY


def urgency(case: Case, moment: datetime) -> float:
    """Return how urgent the case is at `moment`, in points: its stored score with the days put back."""
    return case.score + _days(moment - _EPOCH) * POINTS_A_DAY


def explain(source: str, opened_at: datetime, sums: Iterable[Sum], moment: datetime) -> Explanation:
    """Return why a case with these flags stands where it stands at `moment`, the heaviest reason first."""
    parts = [ReasonPoints(reason, people, weight, urgency_of(reason)) for reason, people, weight in sums]
    parts.sort(key=lambda part: -part.points)
    held = HELD_POINTS if source == Source.SCREENING else 0.0
    points = sum(part.points for part in parts) + held
    waited = max(moment - opened_at, timedelta(0))
    return Explanation(parts, held, min(POINTS_MOST - points, 0.0), waited, _days(waited) * POINTS_A_DAY)


def _days(span: timedelta) -> float:
    return span / timedelta(days=1)
