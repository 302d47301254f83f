"""What changed between two texts: by words in Latin script, by characters in Chinese, in bounded time.

Plain text in, segments out: a template escapes and marks them. The search is Myers' greedy one (An O(ND) Difference
Algorithm, 1986), since difflib's cost can't be bounded on repetitive text, and 32,000 Chinese characters are that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

SAME, ADDED, REMOVED, SKIPPED = "same", "added", "removed", "skipped"
BUDGET = 160_000  # steps of one search, under half a second; what needs more is shown by lines, then as a whole
CONTEXT = 160  # characters of unchanged text shown before and after a change

_WORDS = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d+|\n+|[^\S\n]+|.", re.DOTALL)
_LINES = re.compile(r"[^\n]*\n+|[^\n]+")


@dataclass(frozen=True)
class Segment:
    """A run of text of one kind: same, added, removed, or skipped (unchanged and not shown, its text is "")."""

    kind: str
    text: str


def segments(former: str, present: str, budget: int = BUDGET) -> list[Segment]:
    """Return what to show of the change from `former` to `present`: unchanged text only near a change.

    A page with many comparisons gives each a part of the `budget`, in steps of the search.
    """
    whole = _joined(_compared(former, present, budget))
    return [part for place, segment in enumerate(whole) for part in _near(segment, place > 0, place < len(whole) - 1)]


def _compared(former: str, present: str, budget: int) -> list[Segment]:
    for tokens in (_WORDS, _LINES):
        old, new = tokens.findall(former), tokens.findall(present)
        head, tail = _common(old, new)
        middle = _search(old[head : len(old) - tail], new[head : len(new) - tail], budget)
        if middle is not None:
            begin, end = "".join(old[:head]), "".join(old[len(old) - tail :])
            return [Segment(SAME, begin), *middle, Segment(SAME, end)]
    return [Segment(REMOVED, former), Segment(ADDED, present)]


def _common(old: Sequence[str], new: Sequence[str]) -> tuple[int, int]:
    """Return how many tokens the two share at their beginning, and how many of the others at their end."""
    most = min(len(old), len(new))
    head = next((i for i in range(most) if old[i] != new[i]), most)
    most -= head
    return head, next((i for i in range(most) if old[-1 - i] != new[-1 - i]), most)


def _search(old: Sequence[str], new: Sequence[str], budget: int) -> list[Segment] | None:
    """Return the shortest way from `old` to `new`, or None when finding it would take more steps than `budget`.

    `reached` holds for each diagonal (place in old minus place in new) how far in `old` the best path has come, and
    that path as nested (kind, first, end, path before); `first` and `end` count in `new` for what was added.
    """
    reached: dict[int, tuple[int, Any]] = {1: (0, None)}
    steps = 0
    for distance in range(len(old) + len(new) + 1):
        for diagonal in range(-distance, distance + 1, 2):
            x, path = _step(reached, diagonal, distance)
            start = x
            while x < len(old) and x - diagonal < len(new) and old[x] == new[x - diagonal]:
                x += 1
            reached[diagonal] = x, (SAME, start, x, path) if x > start else path
            if x >= len(old) and x - diagonal >= len(new):
                return list(_segments_of(reached[diagonal][1], old, new))
            steps += 1 + x - start
        if steps > budget:
            return None
    return None


def _step(reached: dict[int, tuple[int, Any]], diagonal: int, distance: int) -> tuple[int, Any]:
    """Go on to this diagonal from the neighbour that has come further: by a token added, or by one removed."""
    if distance == 0:
        return reached[1]
    above, below = reached.get(diagonal + 1), reached.get(diagonal - 1)
    if above and (not below or below[0] < above[0]):
        y = above[0] - diagonal
        return above[0], (ADDED, y - 1, y, above[1])
    assert below  # one of the two neighbours was reached in the round before
    return below[0] + 1, (REMOVED, below[0], below[0] + 1, below[1])


def _segments_of(path: Any, old: Sequence[str], new: Sequence[str]) -> Iterator[Segment]:
    backwards = []
    while path:
        kind, first, end, path = path
        backwards.append(Segment(kind, "".join((new if kind == ADDED else old)[first:end])))
    return reversed(backwards)


def _joined(parts: Iterable[Segment]) -> list[Segment]:
    """Join neighbours of one kind; between two places of unchanged text, what was removed stands before what came."""
    whole: list[Segment] = []
    for same, run in groupby((part for part in parts if part.text), key=lambda part: part.kind == SAME):
        group = list(run)
        for kind in (SAME,) if same else (REMOVED, ADDED):
            words = "".join(part.text for part in group if part.kind == kind)
            whole += [Segment(kind, words)] if words else []
    return whole


def _near(segment: Segment, after_change: bool, before_change: bool) -> list[Segment]:
    """Return of unchanged text what stands next to a change; anything else as it is."""
    words = segment.text
    if segment.kind != SAME or len(words) <= CONTEXT * (after_change + before_change):
        return [segment]
    begin = [Segment(SAME, words[:CONTEXT])] if after_change else []
    end = [Segment(SAME, words[-CONTEXT:])] if before_change else []
    return [*begin, Segment(SKIPPED, ""), *end]
