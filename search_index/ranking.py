"""What makes one post a better answer than another: one formula for both engines.

BM25 adds up the words, rare ones counting more; then a post gains by how much of the question it covers, by holding
a run of Han whole, and a little by being new.
"""

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from math import log

from search_index.interface import Hit, Query, Results
from search_index.question import Question

# Robertson's usual values; b a little below 0.75, since long posts in a discussion are often the thorough ones
K1 = 1.2
B = 0.6
COVERAGE_GAIN = 1.0  # a post with the whole question counts double
RUN_GAIN = 0.5  # all pairs of 网络文明 together count half as much again
RECENCY_GAIN = 0.2  # the newest of the posts found counts a fifth more,
RECENCY_SECONDS = 365 * 86_400  # one a year older a tenth more, and so on towards nothing
NEWEST_FLOOR = 1 / 3  # "newest first" leaves out posts that cover less than a third of what the best one covers


@dataclass(slots=True)
class Candidate:
    """A post that holds at least one term: the sum of its terms' weights, a bit for each term it holds, and when
    it was written (seconds since 1970)."""

    id: int
    strength: float
    mask: int
    created: int


def rarity(frequency: int, total: int) -> float:
    """How much a term tells, by the number of documents that hold it (BM25's idf, never negative)."""
    return log(1 + (max(total, frequency) - frequency + 0.5) / (frequency + 0.5))


class Ranking:
    """The formula for one question: `rarities` stand beside `question.terms`."""

    def __init__(self, question: Question, rarities: Sequence[float]) -> None:
        self._rarities = rarities
        self._total = sum(rarities) or 1.0
        bits = {term: 1 << number for number, term in enumerate(question.terms)}
        worth = dict(zip(question.terms, rarities, strict=True))
        self._runs = [
            (sum(bits[term] for term in set(run)), RUN_GAIN * sum(worth[term] for term in set(run)))
            for run in question.runs
            if all(term in bits for term in run)
        ]
        self._known: dict[int, tuple[float, float]] = {}

    def answer(self, candidates: Sequence[Candidate], query: Query) -> Results:
        """The page of results that `query` asks for."""
        newest = max((candidate.created for candidate in candidates), default=0)
        wanted = query.offset + query.limit + 1
        if query.sort == "newest":
            best = self._newest(candidates, wanted)
        else:
            best = heapq.nlargest(wanted, ((self._score(c, newest), c.created, c.id) for c in candidates))
        page = best[query.offset : query.offset + query.limit]
        return Results(tuple(Hit(id_, score) for score, _, id_ in page), more=len(best) == wanted)

    def _score(self, candidate: Candidate, newest: int) -> float:
        coverage, bonus = self._by_mask(candidate.mask)
        age = max(0, newest - candidate.created)
        recency = 1 + RECENCY_GAIN / (1 + age / RECENCY_SECONDS)
        return (candidate.strength + bonus) * (1 + COVERAGE_GAIN * coverage) * recency

    def _newest(self, candidates: Sequence[Candidate], wanted: int) -> list[tuple[float, int, int]]:
        """By date; but a post with one common word of ten would lead if covering little were no matter."""
        covered = [self._by_mask(candidate.mask)[0] for candidate in candidates]
        floor = NEWEST_FLOOR * max(covered, default=0)
        kept = ((c.created, c.id) for c, share in zip(candidates, covered, strict=True) if share >= floor)
        return [(0.0, created, id_) for created, id_ in heapq.nlargest(wanted, kept)]

    def _by_mask(self, mask: int) -> tuple[float, float]:
        """The share of the question that these terms cover, and the bonus for whole runs. Few masks occur often."""
        known = self._known.get(mask)
        if known is None:
            covered = sum(rarity for bit, rarity in enumerate(self._rarities) if mask >> bit & 1)
            bonus = sum(gain for run, gain in self._runs if mask & run == run)
            known = self._known[mask] = (covered / self._total, bonus)
        return known
