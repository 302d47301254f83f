"""All screens that are on, made ready once for each process and version: where they meet a text, in one walk of it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from forum.core.text import fold, stem
from moderation.screens import hosts
from moderation.screens.models import Action, Kind, Screen
from moderation.screens.prepared import Text, look, squeeze
from moderation.screens.wildcards import Pattern

MATCHES_MOST = 20  # places that one text is told of; more would say nothing new
PLACES_MOST = 20  # of one screen, which may hold many words


OF_PATTERN_MOST = 500  # places of one pattern, which may each be another word


class Rule(NamedTuple):
    """A screen without its words: what is to happen, by which of the community's rules."""

    id: int
    action: str
    rule: str
    replacement: str


class Match(NamedTuple):
    """A screen met a text from `start` to `end` of the original; a host met by a link has no place (-1).

    `key` says what was met, however it was written: two matches of a screen with one key are the same word again.
    """

    rule: Rule
    start: int
    end: int
    words: str
    key: str

    @property
    def what(self) -> tuple[int, str]:
        """The screen and what it met."""
        return self.rule.id, self.key


Place = tuple[Rule, int, int, str]  # start and end in the folded text, and the match's key


@dataclass
class Book:
    """The screens by how they are looked up."""

    words: dict[str, list[tuple[tuple[str, ...], Rule]]] = field(default_factory=lambda: defaultdict(list))
    looks: dict[str, Rule] = field(default_factory=dict)
    runs: list[tuple[str, Rule]] = field(default_factory=list)
    phrases: list[tuple[str, re.Pattern[str], Rule]] = field(default_factory=list)
    patterns: list[tuple[Pattern, Rule]] = field(default_factory=list)
    hosts: dict[str, Rule] = field(default_factory=dict)
    actions: set[str] = field(default_factory=set)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to look for."""
        return not self.actions

    @staticmethod
    def of(screens: Iterable[Screen]) -> Book:
        """Make screens ready; what an older version accepted and this one can't read is left out."""
        book = Book()
        for screen in screens:
            rule = Rule(screen.id, screen.action, screen.rule, screen.replacement)
            book.actions.add(screen.action)
            for entry in screen.entries:
                _ADD[screen.kind](book, entry, rule)
        return book

    def matches(self, text: Text, links: Iterable[str] = (), but_for: Collection[tuple[int, str]] = ()) -> list[Match]:
        """Return where screens meet the text and its links, each screen at most PLACES_MOST times.

        No screen keeps another from being met: twenty harmless words must not hide the one that is refused, nor what
        `but_for` leaves out (see `what_is_met`) the one that is new.
        """
        found: dict[Match, None] = {}
        seen: Counter[int] = Counter()
        for match in self._all(text, links):
            if match.rule.action == Action.ALLOW or seen[match.rule.id] >= PLACES_MOST:
                continue
            if match.what not in but_for and match not in found:
                seen[match.rule.id] += 1
                found[match] = None
        return list(found)

    def what_is_met(self, text: Text) -> set[tuple[int, str]]:
        """Return every screen that meets the text with every word that it meets there, as `Match.what`."""
        return {match.what for match in self._all(text, ())}

    def replaced(self, text: Text) -> str:
        """Return the text with all words replaced that screens replace, in one look: of two that overlap the longer."""
        places = [one for one in self._all(text, (), every=True) if one.rule.action == Action.REPLACE]
        parts, last = [], 0
        for one in _longest(places):
            parts += [text.original[last : one.start], one.rule.replacement]
            last = one.end
        return "".join([*parts, text.original[last:]])

    def host(self, host: str) -> Rule | None:
        """Return the screen of a host or of the nearest one that it belongs to."""
        return next((self.hosts[one] for one in hosts.upwards(host) if one in self.hosts), None)

    def is_allowed(self, address: str) -> bool:
        """Whether moderators allow the host that a link leads to."""
        found = next(iter(hosts.of_links([address])), None)
        rule = self.host(found[0]) if found and self.hosts else None
        return rule is not None and rule.action == Action.ALLOW

    def _all(self, text: Text, links: Iterable[str], *, every: bool = False) -> Iterator[Match]:
        """Yield all matches; of a run of Han or a phrase, which is always the same, only the first unless `every`."""
        most = None if every else 1
        found = (*self._english(text), *self._han(text, most), *self._phrases(text, most), *self._patterns(text))
        for rule, start, end, key in found:
            place = text.place(start, end)
            yield Match(rule, *place, text.original[slice(*place)], key)
        if self.hosts:
            told = set()  # a host that stands in the text and is linked is one place
            for host, as_written in (*hosts.of_links(links), *hosts.in_text(text.original)):
                if host not in told and (watched := self.host(host)):
                    told.add(host)
                    start = text.original.find(as_written)
                    yield Match(watched, start, start + len(as_written) if start >= 0 else -1, as_written, host)

    def _english(self, text: Text) -> Iterator[Place]:
        if self.words:
            stems = text.words
            for at, (first, start, _) in enumerate(stems):
                for sequence, rule in self.words.get(first, ()):
                    following = stems[at : at + len(sequence)]
                    if tuple(one[0] for one in following) == sequence:
                        yield rule, start, following[-1][2], " ".join(sequence)
        if self.looks:
            for seen, start, end in text.looks:
                if watched := self.looks.get(seen):
                    yield watched, start, end, seen

    def _han(self, text: Text, most: int | None) -> Iterator[Place]:
        if not self.runs:
            return
        squeezed, places = text.squeezed
        present = set(squeezed)
        for run, rule in self.runs:
            for at in islice(_starts(run, squeezed) if run[0] in present else (), most):
                yield rule, places[at], places[at + len(run) - 1] + 1, run

    def _phrases(self, text: Text, most: int | None) -> Iterator[Place]:
        folded = text.folded
        for needle, expression, rule in self.phrases:
            for found in islice(expression.finditer(folded) if needle in folded else (), most):
                yield rule, *found.span(), expression.pattern

    def _patterns(self, text: Text) -> Iterator[Place]:
        for pattern, rule in self.patterns:
            for start, end in pattern.places(text.folded, OF_PATTERN_MOST):
                yield rule, start, end, squeeze(text.folded[start:end])


def _longest(places: Iterable[Match]) -> list[Match]:
    """Return those that stand in nobody's way, in their order: of two that overlap the longer, else the first."""
    kept: list[Match] = []
    for one in sorted(places, key=lambda one: (one.start - one.end, one.start)):
        at = bisect_left(kept, one.start, key=lambda each: each.start)
        is_free = (at == 0 or kept[at - 1].end <= one.start) and (at == len(kept) or one.end <= kept[at].start)
        if one.start >= 0 and is_free:
            kept.insert(at, one)
    return kept


def _starts(run: str, squeezed: str) -> Iterator[int]:
    """Yield where the run begins, from the first to the last, none within another."""
    at = squeezed.find(run)
    while at >= 0:
        yield at
        at = squeezed.find(run, at + len(run))


def _add_english(book: Book, entry: str, rule: Rule) -> None:
    stems = tuple(word for word, _, _ in Text(entry).words)
    if stems:
        book.words[stems[0]].append((stems, rule))
    if len(stems) == 1:
        folded = fold(entry)[0].strip()
        for form in {folded, stem(folded)}:
            book.looks.setdefault(look(form), rule)


def _add_han(book: Book, entry: str, rule: Rule) -> None:
    if run := squeeze(entry):
        book.runs.append((run, rule))


def _add_phrase(book: Book, entry: str, rule: Rule) -> None:
    parts = fold(entry)[0].split()
    if not parts:
        return
    before = "(?<![a-z0-9])" if parts[0][0].isascii() and parts[0][0].isalnum() else ""
    behind = "(?![a-z0-9])" if parts[-1][-1].isascii() and parts[-1][-1].isalnum() else ""
    source = r"\s{1,4}".join(map(re.escape, parts))  # bounded: nothing here can grow faster than the text
    book.phrases.append((max(parts, key=len), re.compile(before + source + behind), rule))


def _add_pattern(book: Book, entry: str, rule: Rule) -> None:
    book.patterns.append((Pattern.of(entry), rule))


def _add_domain(book: Book, entry: str, rule: Rule) -> None:
    if host := hosts.canonical(entry):
        book.hosts.setdefault(host, rule)


_ADD: dict[str, Any] = {
    Kind.ENGLISH: _add_english,
    Kind.HAN: _add_han,
    Kind.PHRASE: _add_phrase,
    Kind.PATTERN: _add_pattern,
    Kind.DOMAIN: _add_domain,
}
