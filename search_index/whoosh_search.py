"""Answering a question over a snapshot: the postings of each term are added up, post by post, in each segment."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time
from time import monotonic
from typing import Any

from search_index.interface import Query
from search_index.question import Question
from search_index.ranking import K1, B, Candidate, Ranking, rarity
from search_index.whoosh_schema import facet, positions
from search_index.whoosh_segments import SegmentFiles, Snapshot

# Postings that are added up for one question; a rare word leaves its share to the commoner ones. Of a word with more,
# the newest posts are taken, and those that rarer words of the question have found, the newest EARLIER of these.
MOST = 12_000
EARLIER = 100
_EVER = (-(2**62), 2**62)
_DAY = 86_400


class _OutOfTime(Exception):
    """The deadline has passed."""


class Search:
    """One question's way through a snapshot. After `run`, `candidates` are the posts found and `timed_out` says
    whether there may be more. `deadline` is a value of `monotonic()`."""

    def __init__(self, snapshot: Snapshot, question: Question, query: Query, deadline: float) -> None:
        self.timed_out = False
        self.candidates: list[Candidate] = []
        self._snapshot = snapshot
        self._question = question
        self._facets = _facets(query)
        self._since = _EVER[0] if query.after is None else _seconds(query.after)
        self._until = _EVER[1] if query.before is None else _seconds(query.before) + _DAY
        self._deadline = deadline
        frequencies = [sum(files.frequency(term) for files in snapshot.segments) for term in question.terms]
        self._left = _shares(frequencies) if self._is_plain() else frequencies
        self._rarities = [rarity(frequency, snapshot.documents) for frequency in frequencies]
        self.ranking = Ranking(question, self._rarities)

    def _is_plain(self) -> bool:
        """True if nothing but words is asked: then the newest posts with a common word are enough."""
        narrowed = self._facets or self._question.phrases or (self._since, self._until) != _EVER
        return not narrowed

    def run(self) -> "Search":
        segments = zip(self._snapshot.segments, self._snapshot.deleted, strict=True)
        for files, deleted in sorted(segments, key=lambda pair: -pair[0].newest):
            strengths: dict[int, float] = {}
            masks: dict[int, int] = {}
            allowed: AbstractSet[int] | None = frozenset()
            try:
                allowed, refused = self._allowed(files), self._refused(files, deleted)
                if allowed is None or allowed:
                    self._add_up(files, strengths, masks)
            except _OutOfTime:
                self.timed_out = True
            if allowed is None or allowed:
                self._keep(files, strengths, masks, allowed, refused)
            if self.timed_out:
                break
        return self

    def _add_up(self, files: SegmentFiles, strengths: dict[int, float], masks: dict[int, int]) -> None:
        """BM25 of every post that holds a term, rarest terms first, in case the time runs out."""
        lengths, base, slope = files.length, K1 * (1 - B), K1 * B / self._snapshot.average_length
        by_rarity = sorted(range(len(self._rarities)), key=self._rarities.__getitem__, reverse=True)
        for number in by_rarity:
            gain, bit = self._rarities[number] * (K1 + 1), 1 << number
            for posts, weights in self._newest(files, number, strengths):
                for post, weight in zip(posts, weights, strict=True):
                    worth = gain * weight / (weight + base + slope * lengths[post])
                    strengths[post] = strengths.get(post, 0.0) + worth
                    masks[post] = masks.get(post, 0) | bit

    def _newest(
        self, files: SegmentFiles, number: int, strengths: dict[int, float]
    ) -> Iterator[tuple[Sequence[int], Sequence[float]]]:
        """The postings of a term of the question in one segment, as many as are left to it."""
        term = self._question.terms[number]
        frequency = files.frequency(term)
        skipped = max(0, frequency - self._left[number])
        self._left[number] -= frequency - skipped
        found = sorted(strengths)[-EARLIER:] if skipped else []
        for posts, weights, _ in self._blocks(files, "terms", term, skipped, found):
            yield posts, weights

    def _keep(
        self,
        files: SegmentFiles,
        strengths: dict[int, float],
        masks: dict[int, int],
        allowed: AbstractSet[int] | None,
        refused: AbstractSet[int],
    ) -> None:
        ids, created = files.ids, files.created
        posts: AbstractSet[int] = strengths.keys()
        if allowed is not None:
            posts = posts & allowed
        if refused:
            posts = posts - refused
        since, until = self._since, self._until
        self.candidates += [
            Candidate(ids[post], strengths[post], masks[post], created[post])
            for post in posts
            if since <= created[post] < until
        ]

    def _allowed(self, files: SegmentFiles) -> AbstractSet[int] | None:
        """The posts that pass the filters and hold every phrase; None if all do."""
        allowed: AbstractSet[int] | None = None
        for term in self._facets:
            posts: AbstractSet[int] = self._posts(files, "facets", term)
            allowed = posts if allowed is None else allowed & posts
        for phrase in self._question.phrases:
            posts = self._holding(files, phrase)
            allowed = posts if allowed is None else allowed & posts
        return allowed

    def _refused(self, files: SegmentFiles, deleted: frozenset[int]) -> AbstractSet[int]:
        return deleted.union(*(self._holding(files, excluded) for excluded in self._question.excluded))

    def _holding(self, files: SegmentFiles, phrase: Sequence[str]) -> AbstractSet[int]:
        """The posts in which these terms follow one another."""
        if len(phrase) == 1:
            return self._posts(files, "terms", phrase[0])
        places: dict[str, dict[int, bytes]] = {}
        common: AbstractSet[int] | None = None
        for term in sorted(set(phrase), key=files.frequency):
            places[term] = self._places(files, term, common)
            common = places[term].keys()
        return {post for post in common or () if _follow([places[term][post] for term in phrase])}

    def _places(self, files: SegmentFiles, term: str, among: AbstractSet[int] | None) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for posts, _, values in self._blocks(files, "terms", term):
            if among is None:
                found.update(zip(posts, values(), strict=True))
            elif not among.isdisjoint(posts):
                found.update((p, v) for p, v in zip(posts, values(), strict=True) if p in among)
        return found

    def _posts(self, files: SegmentFiles, field: str, term: str) -> set[int]:
        found: set[int] = set()
        for posts, _, _ in self._blocks(files, field, term):
            found.update(posts)
        return found

    def _blocks(
        self, files: SegmentFiles, field: str, term: str, skipped: int = 0, among: Sequence[int] = ()
    ) -> Iterator[tuple[Sequence[int], Any, Any]]:
        for block in files.blocks(field, term, skipped, among):
            if monotonic() >= self._deadline:
                raise _OutOfTime
            yield block


def _follow(values: list[bytes]) -> bool:
    """True if there is a place from which each of these terms stands one further than the one before."""
    starts = set(positions(values[0]))
    for distance, value in enumerate(values[1:], 1):
        starts &= {position - distance for position in positions(value)}
    return bool(starts)


def _shares(frequencies: Sequence[int]) -> list[int]:
    """How many postings of each term are added up: MOST in all, shared out from the rarest term on."""
    shares, left = list(frequencies), MOST
    by_frequency = sorted(range(len(frequencies)), key=frequencies.__getitem__)
    for place, number in enumerate(by_frequency):
        shares[number] = min(frequencies[number], left // (len(by_frequency) - place))
        left -= shares[number]
    return shares


def _facets(query: Query) -> list[str]:
    wanted = {"subtheme": query.subtheme, "author": query.author, "lang": query.lang}
    facets = [facet(name, value) for name, value in wanted.items() if value is not None]
    return [*facets, facet("expert", "1")] if query.expert else facets


def _seconds(day: date) -> int:
    """When the day begins in UTC, in seconds since 1970."""
    return int(datetime.combine(day, time(), UTC).timestamp())
