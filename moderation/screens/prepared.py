"""A text made ready for comparison: folded as the search folds it, words by stems, Han without what parts it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import chain

from forum.core.patterns import late
from forum.core.text import fold, skeleton, stem

# What is put between characters to hide a word, 加 微.信: no ends of sentences or lines, which part honest words.
_PARTING = re.compile(r"[\s\-_.*·•~^|/\\+=#@()\[\]{}<>'\"`]+")
_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z0-9]+)*")
# A word of letters and signs that the eye reads as letters: v1agra, $hit, аss with a Cyrillic а. Han parts words.
_SIGN = r"(?:[^\W\u3041-\u30ff\u3400-\u9fff]|[|!$@])"
_MIXED = late(rf"(?<!{_SIGN}){_SIGN}{{2,60}}(?!{_SIGN})")
_STRANGE = re.compile(r"[^a-z]")
_SPELT = re.compile(r"(?<![\w])(?:[a-z0-9$@!][ .\-_*]){2,30}[a-z0-9$@!](?![\w])")
_LATIN = re.compile(r"[a-z]")
AROUND = 60  # characters shown before and behind a place


class Text:
    """One text; `original` is what places are numbered by."""

    def __init__(self, original: str) -> None:
        self.original = original
        self.folded, self._starts = fold(original)

    @cached_property
    def words(self) -> list[tuple[str, int, int]]:
        """Stem, start and end in the folded text of every word of Latin letters and digits."""
        return [(stem(found[0]), found.start(), found.end()) for found in _WORD.finditer(self.folded)]

    @cached_property
    def looks(self) -> list[tuple[str, int, int]]:
        """The same of words in disguise: what they look like (see usernames.skeleton), spelt-out ones joined."""
        mixed = (one for one in _MIXED.finditer(self.folded) if _STRANGE.search(one[0]) and _LATIN.search(one[0]))
        return [
            (skeleton(re.sub(r"[ .\-_*]", "", one[0])), one.start(), one.end())
            for one in chain(mixed, _SPELT.finditer(self.folded))
        ]

    @cached_property
    def squeezed(self) -> tuple[str, list[int]]:
        """The folded text without what parts characters, and where each of those left stood."""
        kept: list[str] = []
        places: list[int] = []
        last = 0
        for start, end in chain(_spans(self.folded), [(len(self.folded), len(self.folded))]):
            kept.append(self.folded[last:start])
            places.extend(range(last, start))
            last = end
        return "".join(kept), places

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return a place of the folded text as start and end in the original."""
        last = max(start, end - 1)
        return self._starts[start], max(self._starts[min(end, len(self.folded))], self._starts[last] + 1)

    def around(self, start: int, end: int) -> tuple[str, str, str]:
        """Return what stands before, in and behind a place of the original, in one line each."""
        before, behind = self.original[max(0, start - AROUND) : start], self.original[end : end + AROUND]
        parts = before, self.original[start : min(end, start + 2 * AROUND)], behind
        return tuple(re.sub(r"\s+", " ", part) for part in parts)  # type: ignore[return-value]


def look(word: str) -> str:
    """Return what a watched word looks like."""
    return skeleton(fold(word)[0])


def squeeze(words: str) -> str:
    """Return watched characters as `squeezed` leaves them."""
    return _PARTING.sub("", fold(words)[0])


def _spans(folded: str) -> Iterator[tuple[int, int]]:
    """Yield where characters are parted, but for line ends."""
    for found in _PARTING.finditer(folded):
        if "\n" not in found[0]:
            yield found.span()
