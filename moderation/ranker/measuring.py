"""How well a model does on decisions that it has not seen: counts, from which the page makes shares. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

PERCENTS = (50, 60, 70, 80, 90, 95, 99)  # from which on somebody may be asked, or a text held
FIRST = 20  # cases with which a moderator begins
TESTED_OF_A_KIND = 5  # fewer say nothing
SURE = 2.0  # standard errors above chance
# Nobody is asked, and nothing held, from a share at which more of the latest public posts than one in … would be.
ALARMS = {"ask": 50, "hold": 200}


@dataclass(frozen=True)
class Answer:
    """A decided case that was not learned, and what the model says of it: probabilities between 0 and 1.

    `spam` is 0 for a text that says nowhere where to turn: it is never held.
    """

    is_against: bool
    is_spam: bool
    lang: str
    opened_at: datetime
    against: float
    spam: float


def measured(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return the figures of cases that were not learned, as plain JSON."""
    against = [each.is_against for each in answers]
    area = area_under([each.against for each in answers], against)
    return {
        "tested": len(answers),
        "against": sum(against),
        "spam": sum(each.is_spam for each in answers),
        "area": area,
        "error": error_of(area, sum(against), len(against) - sum(against)) if area is not None else None,
        "first": _first(answers),
        "ask": [[percent, *_met((each.against, each.is_against) for each in answers)(percent)] for percent in PERCENTS],
        "hold": [[percent, *_met((each.spam, each.is_spam) for each in answers)(percent)] for percent in PERCENTS],
        "languages": {lang: _of_language([each for each in answers if each.lang == lang]) for lang in ("en", "zh")},
    }


def is_useful(figures: dict[str, Any]) -> bool:
    """Whether the order is surely better than chance: what learned nothing, or something wrong, is not used."""
    kinds = figures["against"], figures["tested"] - figures["against"]
    if min(kinds) < TESTED_OF_A_KIND or figures["area"] is None:
        return False
    return bool(figures["area"] - SURE * figures["error"] > 0.5)


def area_under(values: Sequence[float], answers: Sequence[bool]) -> float | None:
    """Return how often a text decided against stands above one that was kept (the area under the ROC curve)."""
    rights = sum(answers)
    if not 0 < rights < len(answers):
        return None
    order = sorted(range(len(values)), key=lambda place: values[place])
    ranks, place = 0.0, 0
    while place < len(order):
        end = place
        while end < len(order) and values[order[end]] == values[order[place]]:
            end += 1
        middle = (place + 1 + end) / 2  # equal values share their rank
        ranks += middle * sum(answers[each] for each in order[place:end])
        place = end
    return (ranks - rights * (rights + 1) / 2) / (rights * (len(answers) - rights))


def error_of(area: float, rights: int, wrongs: int) -> float:
    """Return the standard error of that area (Hanley and McNeil 1982)."""
    one, two = area / (2 - area), 2 * area**2 / (1 + area)
    spread = area * (1 - area) + (rights - 1) * (one - area**2) + (wrongs - 1) * (two - area**2)
    return math.sqrt(max(spread, 0.0) / (rights * wrongs))


def _first(answers: Sequence[Answer]) -> dict[str, int]:
    """Return how many of the first cases were decided against: by the model's order, and the oldest first."""
    ranked = sorted(answers, key=lambda each: -each.against)[:FIRST]
    oldest = sorted(answers, key=lambda each: each.opened_at)[:FIRST]
    return {
        "of": len(ranked),
        "ranked": sum(each.is_against for each in ranked),
        "oldest": sum(each.is_against for each in oldest),
    }


def _met(pairs: Iterable[tuple[float, bool]]) -> Any:
    """Return a function: percent → how many texts reach it, and how many of these rightly."""
    known = list(pairs)

    def count(percent: int) -> tuple[int, int]:
        reached = [right for value, right in known if reaches(value, percent)]
        return len(reached), sum(reached)

    return count


def reaches(value: float, percent: int) -> bool:
    """Whether a probability is at least so many per cent."""
    return value * 100 >= percent


def least(figures: dict[str, Any], kind: str) -> int | None:
    """Return the least share from which it may ask ("ask") or hold ("hold") without too many false alarms, or None."""
    ordinary = figures["ordinary"]
    calm = (percent for percent in PERCENTS if ordinary[kind][str(percent)] * ALARMS[kind] <= ordinary["texts"])
    return next(calm, None)


def _of_language(answers: Sequence[Answer]) -> dict[str, int]:
    met, right = _met((each.against, each.is_against) for each in answers)(50)
    return {"tested": len(answers), "against": sum(each.is_against for each in answers), "met": met, "right": right}
