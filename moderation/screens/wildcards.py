"""Patterns of our own: `?` is one character, `*` up to 20 of one line. No pattern can be slow, so each may be saved.

A pattern is cut at its stars into pieces. Each piece is looked for once from the beginning to the end of the text, and
places that fit together are joined: the time grows with the length of text and pattern, never faster. Regular
expressions are not offered, since those that take years look like those that don't.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from forum.core.text import fold

REACH = 20  # characters that a star stands for at most
STARS_MOST = 5
LEAST_FIXED = 2  # characters that are neither ? nor * nor blank: "*" alone would meet everything
_WORDY = re.compile(r"[a-z0-9]")


class BadPattern(ValueError):
    """A pattern that would meet nearly everything, or has too many stars. `reason`: "wide" or "stars"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Pattern:
    """A pattern made ready; `needle` is its longest fixed part, without which no text need be looked at."""

    pieces: tuple[re.Pattern[str], ...]
    needle: str

    @staticmethod
    def of(written: str) -> Pattern:
        """Make a pattern ready, or raise BadPattern."""
        folded = " ".join(fold(written)[0].split())
        if folded.count("*") > STARS_MOST:
            raise BadPattern("stars")
        fixed = [part for piece in folded.split("*") for part in re.split(r"[?\s]+", piece) if part]
        if sum(map(len, fixed)) < LEAST_FIXED:
            raise BadPattern("wide")
        pieces = [piece for piece in folded.split("*") if piece]
        sources = [_source(piece) for piece in pieces]
        if _WORDY.match(folded):
            sources[0] = rf"(?<![a-z0-9]){sources[0]}"
        if _WORDY.match(folded[-1]):
            sources[-1] = rf"{sources[-1]}(?![a-z0-9])"
        return Pattern(tuple(re.compile(source) for source in sources), max(fixed, key=len))

    def places(self, folded: str, most: int = 5) -> list[tuple[int, int]]:
        """Return where the pattern stands in a folded text, as start and end, at most `most` of them."""
        if self.needle not in folded:
            return []
        reached = [found.span() for found in self.pieces[0].finditer(folded)]
        for piece in self.pieces[1:]:
            if not reached:
                return []
            reached = list(_joined(reached, piece, folded))
        return reached[:most]


def _joined(before: list[tuple[int, int]], piece: re.Pattern[str], folded: str) -> Iterator[tuple[int, int]]:
    """Yield the places of `piece` that lie at most REACH behind the end of one of those before, in the same line."""
    ends = [end for _, end in before]
    for found in piece.finditer(folded):
        last = bisect_right(ends, found.start()) - 1
        if last >= 0 and found.start() - ends[last] <= REACH and "\n" not in folded[ends[last] : found.start()]:
            yield before[last][0], found.end()


def _source(piece: str) -> str:
    """Return the expression of one piece: fixed characters, any one for `?`, a blank for any one blank."""
    return "".join("[^\\n]" if char == "?" else r"\s{1,4}" if char == " " else re.escape(char) for char in piece)
