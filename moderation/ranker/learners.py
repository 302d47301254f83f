"""What the worker does to learn: read what was decided, hold the newest back and measure, then learn all of it."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from moderation.ranker.learning import Model, features, learn
from moderation.ranker.measuring import PERCENTS, Answer, measured, reaches
from moderation.ranker.queries import Decided
from moderation.ranker.texts import says_where_to_turn

SPAM = "spam"  # the code of the rule against advertising, with which every forum starts (conduct/first.py)
TEXTS_MOST = 10_000  # different texts that are learned: the newest
PIECES_MOST = 12_000_000  # of all of them together, four bytes each: about 50 MB while the worker learns
HELD_BACK = 0.2  # of the texts, the newest, by which a model is measured that has learned only the others


@dataclass(frozen=True)
class Example:
    """A text ready to be learned."""

    pieces: array[int]
    lang: str
    rule: str
    opened_at: datetime
    says_where_to_turn: bool

    @property
    def is_against(self) -> bool:
        """Whether it broke a rule."""
        return bool(self.rule)

    @property
    def is_spam(self) -> bool:
        """Whether it was decided against as advertising."""
        return self.rule == SPAM


@dataclass(frozen=True)
class Learned:
    """Two models of the same texts, what they were learned from, and the figures."""

    against: Model
    spam: Model
    examples: Sequence[Example]
    figures: dict[str, Any]

    @property
    def rule(self) -> str:
        """The rule that most of the texts broke which were no advertising; "" for none."""
        often = Counter(each.rule for each in self.examples if each.is_against and not each.is_spam)
        return often.most_common(1)[0][0] if often else ""


def examples(decided: Iterable[Decided]) -> list[Example]:
    """Return the newest different texts, oldest first: the same text again says nothing more, however often it came.

    What was decided last about a text counts. Reading stops at TEXTS_MOST or PIECES_MOST.
    """
    found: list[Example] = []
    known: set[bytes] = set()
    room = PIECES_MOST
    for each in decided:
        pieces = features(each.text)
        mark = pieces.tobytes()
        if not pieces or mark in known:
            continue
        room -= len(pieces)
        if room < 0 or len(found) == TEXTS_MOST:
            break
        known.add(mark)
        turns = says_where_to_turn(each.text)
        found.append(Example(pieces, each.lang, each.rule, each.opened_at, turns))
    return found[::-1]


def learned(found: Sequence[Example], ordinary: Iterable[str] = ()) -> Learned:
    """Learn all but the newest texts and measure by these; then learn all, and count false alarms in ordinary posts."""
    first = len(found) - round(len(found) * HELD_BACK)
    figures = measured(_answers(*_models(found[:first]), found[first:]))
    against, spam = _models(found)
    figures["ordinary"] = _alarms(against, spam, list(ordinary))
    return Learned(against, spam, found, figures)


def _models(found: Sequence[Example]) -> tuple[Model, Model]:
    pieces = [each.pieces for each in found]
    return learn(pieces, [each.is_against for each in found]), learn(pieces, [each.is_spam for each in found])


def _answers(against: Model, spam: Model, tested: Sequence[Example]) -> list[Answer]:
    return [
        Answer(
            is_against=each.is_against,
            is_spam=each.is_spam,
            lang=each.lang,
            opened_at=each.opened_at,
            against=against.probability(each.pieces),
            spam=spam.probability(each.pieces) if each.says_where_to_turn else 0.0,
        )
        for each in tested
    ]


def _alarms(against: Model, spam: Model, texts: Sequence[str]) -> dict[str, Any]:
    """Count in how many of these texts somebody would have been asked, and how many would have been held."""
    asked, held = [], []
    for text in texts:
        pieces = features(text)
        asked.append(against.probability(pieces))
        held.append(spam.probability(pieces) if says_where_to_turn(text) else 0.0)
    return {
        "texts": len(texts),
        "ask": {str(percent): sum(reaches(value, percent) for value in asked) for percent in PERCENTS},
        "hold": {str(percent): sum(reaches(value, percent) for value in held) for percent in PERCENTS},
    }
