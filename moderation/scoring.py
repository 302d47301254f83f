"""How urgent a case is: a sum that can be explained line by line, and sorted by index while time passes.

Every open case gains the same amount a day, so the stored score leaves the present out: it is the points minus what
the days before the opening are worth. Sorting by it is sorting by urgency, at any moment, without touching a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db, now
from forum.subthemes.policy import looks_after
from moderation.models import Case, Flag, Source
from moderation.rules import urgency_of

# One flag of somebody without a record weighs 1. The shape follows Discourse (reviewable_score.rb): no bonus before
# five decided flags, staff several times a member; ours is simpler so that it can be said in one line on the page.
STAFF_WEIGHT = 3.0
# An account that is younger than this weighs so much of what it otherwise would: it is cheap to make, not to keep.
# In the first day five weigh what one netizen does.
AGES = ((timedelta(days=1), 0.2), (timedelta(days=7), 0.4), (timedelta(days=30), 0.7))
# A visitor has no account at all: half of the newest one, and all who come in one hour are one (see kinship), so that
# a whole day of them weighs what two and a half netizens do.
VISITOR_WEIGHT = 0.1
RECORD_LEAST = 5  # decided flags before a record counts
RECORD_WINDOW = 50  # only the latest decided flags count, so that people can get better
WEIGHT_NEVER_RIGHT, WEIGHT_ALWAYS_RIGHT = 0.25, 2.0

HELD_POINTS = 1.5  # somebody waits to be read
HIDDEN_POINTS = 20.0  # the program has hidden it: whoever wrote it waits, and a moderator must see it first
# What the learned ranker adds at most: a day and a half of waiting, less than what makes it overdue (queue.OVERDUE).
LEARNED_POINTS = 6.0
FIRST_POINTS = 20.0  # somebody young is concerned: no number of other flags comes before it (accounts/youth.py)
POINTS_MOST = 20.0  # more flags than this add nothing, so that a crowd can't bury the others …
POINTS_A_DAY = 4.0  # … and nothing new comes before a case that has waited POINTS_MOST / POINTS_A_DAY = 5 days

_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)


class Sum(NamedTuple):
    """The flags for one reason: how many people, as how many they count and why, the weights that count together.

    `visitors` of the people have no account.
    """

    reason: str
    people: int
    weight: float
    counted: int
    alike: tuple[str, ...] = ()
    visitors: int = 0


@dataclass(frozen=True)
class Explanation:
    """Why a case stands where it stands: the flags by reason, what was cut off, waiting, and the sum of them."""

    flags: list[ReasonPoints]
    held: float
    hidden: float
    first: float
    cut: float
    waited: timedelta
    waiting: float
    learned: float = 0.0

    @property
    def total(self) -> float:
        """How urgent the case is now, in points."""
        added = self.held + self.hidden + self.first + self.learned + self.cut + self.waiting
        return sum(part.points for part in self.flags) + added


@dataclass(frozen=True)
class ReasonPoints:
    """What the flags for one reason add: their sum, the reason's urgency, the product."""

    sum: Sum
    urgency: float

    @property
    def points(self) -> float:
        """Weight times urgency."""
        return self.sum.weight * self.urgency


@dataclass(frozen=True)
class Worth:
    """What a flag of somebody weighs: in the queue, and towards hiding (0 for whoever has no good record)."""

    weight: float
    trust: float


def worth_of(flagger: User, subtheme_id: int | None, numbers: Mapping[str, int]) -> Worth:
    """Return what a flag by this person in this sub-theme is worth today; `numbers` are those of config.HIDING.

    In the queue it weighs by office, or by age of the account and record. Towards hiding only a record counts.
    """
    record, age = record_of(flagger.id), now() - flagger.created_at
    office = looks_after(flagger, subtheme_id)
    weight = STAFF_WEIGHT if office else weight_by_age(age) * weight_by_record(record)
    return Worth(weight, trust_by_record(record, age, numbers))


def record_of(flagger_id: int) -> list[bool]:
    """Return how the person's latest decided flags ended, newest first, at most RECORD_WINDOW."""
    decided = (
        select(Flag.upheld)
        .where(Flag.flagger_id == flagger_id, Flag.upheld.is_not(None))
        .order_by(Flag.id.desc())
        .limit(RECORD_WINDOW)
    )
    return list(map(bool, db.session.scalars(decided)))


def trust_by_record(record: list[bool], age: timedelta, numbers: Mapping[str, int]) -> float:
    """Return what a flag weighs towards hiding: nothing without a record that is long and good enough, or too soon."""
    long_enough = len(record) >= max(numbers["RECORD"], 1) and age >= timedelta(days=numbers["AGE_DAYS"])
    if not long_enough or 100 * sum(record) < numbers["UPHELD_PERCENT"] * len(record):
        return 0.0
    return weight_by_record(record)


def weight_by_age(age: timedelta) -> float:
    """Return the share of its weight that a flag of an account of this age has."""
    return next((share for below, share in AGES if age < below), 1.0)


def weight_by_record(upheld: list[bool]) -> float:
    """Return the weight for these decided flags: 1 before the fifth, then by the share that was upheld."""
    if len(upheld) < RECORD_LEAST:
        return 1.0
    share = sum(upheld) / len(upheld)
    return WEIGHT_NEVER_RIGHT + share * (WEIGHT_ALWAYS_RIGHT - WEIGHT_NEVER_RIGHT)


def stored_score(
    source: str,
    opened_at: datetime,
    sums: Iterable[Sum],
    *,
    hidden: bool = False,
    first: bool = False,
    learned: float | None = None,
) -> float:
    """Return what is kept in Case.score; `hidden`: the program has hidden the post; `first`: Case.comes_first.

    `learned`: Case.learned.
    """
    points = explain(source, opened_at, sums, opened_at, hidden=hidden, first=first, learned=learned).total
    return points - _days(opened_at - _EPOCH) * POINTS_A_DAY


def main_rule(sums: Iterable[Sum]) -> str:
    """Return what is kept in Case.rule: the rule that adds most points, "" without flags."""
    points = {each.reason: each.weight * urgency_of(each.reason) for each in sums}
    return max(points, key=lambda reason: points[reason], default="")


def percent_of(probability: float) -> int:
    """Return a probability in whole per cent, never more than it is and never all or nothing: it is a guess."""
    return min(max(int(probability * 100), 1), 99)


def urgency(case: Case, moment: datetime) -> float:
    """Return how urgent the case is at `moment`, in points: its stored score with the days put back."""
    return case.score + _days(moment - _EPOCH) * POINTS_A_DAY


def explain(
    source: str,
    opened_at: datetime,
    sums: Iterable[Sum],
    moment: datetime,
    *,
    hidden: bool = False,
    first: bool = False,
    learned: float | None = None,
) -> Explanation:
    """Return why a case with these flags stands where it stands at `moment`, the heaviest reason first."""
    parts = [ReasonPoints(each, urgency_of(each.reason)) for each in sums]
    parts.sort(key=lambda part: -part.points)
    held = HELD_POINTS if source == Source.SCREENING else 0.0
    likely = LEARNED_POINTS * (learned or 0.0)
    points = sum(part.points for part in parts) + held + likely
    waited = max(moment - opened_at, timedelta(0))
    waiting, cut = _days(waited) * POINTS_A_DAY, min(POINTS_MOST - points, 0.0)
    return Explanation(parts, held, HIDDEN_POINTS * hidden, FIRST_POINTS * first, cut, waited, waiting, likely)


def _days(span: timedelta) -> float:
    return span / timedelta(days=1)
