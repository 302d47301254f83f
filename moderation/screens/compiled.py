"""All screens that are on, made ready once for each process and version: where they meet a text, in one walk of it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from forum.core.text import fold, stem
from moderation.screens import hosts
from moderation.screens.models import Action, Kind, Screen
from moderation.screens.prepared import Text, look, squeeze
from moderation.screens.wildcards import Pattern

MATCHES_MOST = 20  # places that one text is told of; more would say nothing new
PLACES_MOST = 20  # of one screen, which may hold many words


class Rule(NamedTuple):
    """A screen without its words: what is to happen, by which of the community's rules."""

    id: int
    action: str
    rule: str
    replacement: str


class Match(NamedTuple):
    """A screen met a text from `start` to `end` of the original; a host met by a link has no place (-1)."""

    rule: Rule
    start: int
    end: int
    words: str


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

    def matches(self, text: Text, links: Iterable[str] = ()) -> list[Match]:
        """Return where screens meet the text and its links, each screen at most PLACES_MOST times.

        No screen keeps another from being met: twenty harmless words must not hide the one that is refused.
        """
        found: dict[Match, None] = {}
        seen: Counter[int] = Counter()
        for match in self._all(text, links):
            if match.rule.action != Action.ALLOW and seen[match.rule.id] < PLACES_MOST and match not in found:
                seen[match.rule.id] += 1
                found[match] = None
        return list(found)

    def host(self, host: str) -> Rule | None:
        """Return the screen of a host or of the nearest one that it belongs to."""
        return next((self.hosts[one] for one in hosts.upwards(host) if one in self.hosts), None)

    def is_allowed(self, address: str) -> bool:
        """Whether moderators allow the host that a link leads to."""
        found = next(iter(hosts.of_links([address])), None)
        rule = self.host(found[0]) if found and self.hosts else None
        return rule is not None and rule.action == Action.ALLOW

    def _all(self, text: Text, links: Iterable[str]) -> Iterator[Match]:
        for rule, start, end in (*self._english(text), *self._han(text), *self._fixed(text)):
            place = text.place(start, end)
            yield Match(rule, *place, text.original[slice(*place)])
        if self.hosts:
            told = set()  # a host that stands in the text and is linked is one place
            for host, as_written in (*hosts.of_links(links), *hosts.in_text(text.original)):
                if host not in told and (watched := self.host(host)):
                    told.add(host)
                    start = text.original.find(as_written)
                    yield Match(watched, start, start + len(as_written) if start >= 0 else -1, as_written)

    def _english(self, text: Text) -> Iterator[tuple[Rule, int, int]]:
        if self.words:
            stems = text.words
            for at, (first, start, _) in enumerate(stems):
                for sequence, rule in self.words.get(first, ()):
                    following = stems[at : at + len(sequence)]
                    if tuple(one[0] for one in following) == sequence:
                        yield rule, start, following[-1][2]
        if self.looks:
            for seen, start, end in text.looks:
                if watched := self.looks.get(seen):
                    yield watched, start, end

    def _han(self, text: Text) -> Iterator[tuple[Rule, int, int]]:
        if not self.runs:
            return
        squeezed, places = text.squeezed
        present = set(squeezed)
        for run, rule in self.runs:
            if run[0] in present and (at := squeezed.find(run)) >= 0:
                yield rule, places[at], places[at + len(run) - 1] + 1

    def _fixed(self, text: Text) -> Iterator[tuple[Rule, int, int]]:
        folded = text.folded
        for needle, expression, rule in self.phrases:
            if needle in folded and (found := expression.search(folded)):
                yield rule, found.start(), found.end()
        for pattern, rule in self.patterns:
            for start, end in pattern.places(folded, 1):
                yield rule, start, end


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
