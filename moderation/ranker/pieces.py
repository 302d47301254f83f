"""Which words of a text weighed most in a model's answer: read from the text at hand, since a model keeps no words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from forum.core.patterns import late
from moderation.ranker.learning import Model, read_with_places, rows_of_buckets, scale_of

SHOWN = 5  # of each side
WORTH = 0.05  # less would be shown as nothing
LONGEST = 6  # Han characters, or words, that are shown together
LETTERS_SHOWN = 60
_ATOM = late(r"[\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af]|[^\s\u3005-\u9fff]+")


@dataclass(frozen=True)
class Piece:
    """Words of the text from `start` to `end`, and how much they push the answer: above 0 against the text."""

    words: str
    points: float
    start: int
    end: int


def weightiest(model: Model, text: str) -> tuple[list[Piece], list[Piece]]:
    """Return the words that speak most against the text, and those that speak most for it, heaviest first."""
    folded, places = read_with_places(text)
    heat = heat_of(model, folded)
    atoms = [(found.start(), found.end()) for found in _ATOM.finditer(folded)]
    sums = [sum(heat[start:end]) for start, end in atoms]
    return tuple(_pieces(text, places, atoms, sums, sign) for sign in (1, -1))  # type: ignore[return-value]


def heat_of(model: Model, folded: str) -> list[float]:
    """Return what each character adds; together, and with the model's bias, they are its whole answer."""
    rows = rows_of_buckets(folded)
    often = Counter(bucket for row in rows for bucket in row)
    scale = scale_of(len(often))
    heat = [0.0] * len(folded)
    for length, row in enumerate(rows, 1):
        for start, bucket in enumerate(row):
            share = model.weights[bucket] * scale / (often[bucket] * length)
            for place in range(start, start + length):
                heat[place] += share
    return heat


def _pieces(
    text: str, places: Sequence[int], atoms: Sequence[tuple[int, int]], sums: Sequence[float], sign: int
) -> list[Piece]:
    """Take the heaviest run of neighbours, and again from what is left; weak ones are not worth their length."""
    pushes = [sign * each for each in sums]
    strong = [push for push in pushes if push > 0]
    dull = sum(strong) / len(strong) / 2 if strong else 0.0
    free = [True] * len(atoms)
    found = []
    for _ in range(SHOWN):
        start, end = _heaviest(pushes, free, atoms, dull)
        if start == end:
            break
        free[start:end] = [False] * (end - start)
        left = places[atoms[start][0]]
        right = max(places[atoms[end - 1][1] - 1] + 1, left + 1)
        found.append(Piece(text[left : min(right, left + LETTERS_SHOWN)], sum(sums[start:end]), left, right))
    return sorted((each for each in found if abs(each.points) >= WORTH), key=lambda piece: -abs(piece.points))


def _heaviest(
    pushes: Sequence[float], free: Sequence[bool], atoms: Sequence[tuple[int, int]], dull: float
) -> tuple[int, int]:
    """Return the run of at most LONGEST free neighbours in one line with the largest sum above `dull` each."""
    best, where = 0.0, (0, 0)
    for start in range(len(pushes)):
        total = 0.0
        for end in range(start, min(start + LONGEST, len(pushes))):
            if not free[end] or (end > start and atoms[end][0] - atoms[end - 1][1] > 1):
                break
            total += pushes[end] - dull
            if total > best:
                best, where = total, (start, end + 1)
    return where
