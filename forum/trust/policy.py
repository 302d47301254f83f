"""Which trust level somebody has earned: pure functions over what they did and the numbers of config.TRUST."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from forum.config import TOP_LEVEL

LASTING = 2  # what was earned up to this level is never lost
Numbers = Mapping[str, int]


@dataclass(frozen=True)
class Deeds:
    """What somebody did in a span of time; `people`: how many different ones replied to them or quoted them."""

    threads: int = 0
    posts: int = 0
    minutes: int = 0
    days: int = 0
    replied: int = 0
    people: int = 0


@dataclass(frozen=True)
class Record:
    """Somebody's deeds ever and within the window, and the decisions against their posts within it."""

    ever: Deeds = field(default_factory=Deeds)
    lately: Deeds = field(default_factory=Deeds)
    strikes: int = 0


@dataclass(frozen=True)
class Begun:
    """What the forum began within the window: new threads, and the posts in them."""

    threads: int = 0
    posts: int = 0


@dataclass(frozen=True)
class Step:
    """One requirement of a level: what it counts (a key of wording.STEPS), how many there are and are asked."""

    code: str
    have: int
    need: int
    at_most: bool = False

    @property
    def is_met(self) -> bool:
        """Whether the requirement is fulfilled."""
        return self.have <= self.need if self.at_most else self.have >= self.need


def steps(level: int, record: Record, begun: Begun, numbers: Numbers) -> list[Step]:
    """Return what the level (1 to 3) asks beyond the one below, in the order in which it is shown."""
    if level == TOP_LEVEL:
        return _steps_to_the_top(record, begun, numbers)
    ever = record.ever
    asked = [
        Step("threads", ever.threads, numbers[f"{level}_THREADS_READ"]),
        Step("posts", ever.posts, numbers[f"{level}_POSTS_READ"]),
        Step("minutes", ever.minutes, numbers[f"{level}_MINUTES_READ"]),
    ]
    if level == LASTING:
        asked += [
            Step("days", ever.days, numbers["2_DAYS_VISITED"]),
            Step("replied", ever.replied, numbers["2_THREADS_REPLIED"]),
            Step("people", ever.people, numbers["2_PEOPLE_ANSWERED"]),
        ]
    return asked


def _steps_to_the_top(record: Record, begun: Begun, numbers: Numbers) -> list[Step]:
    lately = record.lately
    return [
        Step("days", lately.days, numbers["3_DAYS_VISITED"]),
        Step("threads", lately.threads, _share(begun.threads, numbers, "3_THREADS")),
        Step("posts", lately.posts, _share(begun.posts, numbers, "3_POSTS")),
        Step("replied", lately.replied, numbers["3_THREADS_REPLIED"]),
        Step("people", lately.people, numbers["3_PEOPLE_ANSWERED"]),
        Step("strikes", record.strikes, numbers["3_STRIKES_MOST"], at_most=True),
    ]


def _share(whole: int, numbers: Numbers, name: str) -> int:
    """Return the asked part of the whole, rounded up, and never more than the table's most."""
    return min(-(-whole * numbers[f"{name}_PERCENT"] // 100), numbers[f"{name}_MOST"])


def earned(record: Record, begun: Begun, numbers: Numbers) -> int:
    """Return the level that the record earns: each asks for all below it."""
    level = 0
    while level < TOP_LEVEL and all(step.is_met for step in steps(level + 1, record, begun, numbers)):
        level += 1
    return level


def next_level(former: int, record: Record, begun: Begun, numbers: Numbers) -> int:
    """Return the level that follows: only the top one is ever lost, for the one below it."""
    if former >= LASTING:  # what earned it lies behind; only the window counts
        reached = all(step.is_met for step in steps(TOP_LEVEL, record, begun, numbers))
        return TOP_LEVEL if reached else LASTING
    return max(former, earned(record, begun, numbers))


def is_struck(record: Record, numbers: Numbers) -> bool:
    """Whether decisions of moderators alone forbid the top level; no flag that nobody upheld ever counts."""
    return record.strikes > numbers["3_STRIKES_MOST"]
