"""The cases of the queue, each with its flags, scored by the forum's own rule (moderation/scoring.py)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from moderation import scoring
from moderation.models import Source
from moderation.scoring import Sum

Write = Callable[[Sequence[Any]], None]

CASES = 10_000
RULES = ("spam", "abuse", "offtopic")


class Flagging:
    """What is flagged in a forum that began then; `writes` take the rows by table."""

    def __init__(self, began: datetime, writes: dict[str, Write]) -> None:
        self._began, self._writes = began, writes
        self._scores: dict[tuple[str, int], float] = {}
        self.cases = self._flags = 0

    def open(self, post: tuple[Any, ...], frozen: tuple[Any, ...], flaggers: Collection[int], at: datetime) -> None:
        """Open a case: `post` is its number, author and sub-theme, `frozen` language, title, name, body and HTML."""
        self.cases += 1
        rule, moment, flags = RULES[self.cases % len(RULES)], at.isoformat(" ") + ".000000", len(flaggers)
        for flagger in sorted(flaggers):
            self._flags += 1
            self._writes["flags"]((self._flags, self.cases, flagger, rule, "", moment, 1.0, self._flags, True, 1))
        lang, *rest = frozen
        score = self._score(rule, flags, at)
        known = (str(Source.FLAGS), "", moment, score, flags, flags, lang, rule, 1)
        self._writes["cases"]((self.cases, "post", *post, *known, *rest))

    def _score(self, rule: str, flags: int, at: datetime) -> float:
        """Return what the forum would have kept: each day later is worth the same."""
        if (rule, flags) not in self._scores:
            sums = [Sum(rule, flags, float(flags), flags)]
            self._scores[rule, flags] = scoring.stored_score(Source.FLAGS, self._began, sums)
        days = (at - self._began.replace(tzinfo=None)) / timedelta(days=1)
        return self._scores[rule, flags] - days * scoring.POINTS_A_DAY
