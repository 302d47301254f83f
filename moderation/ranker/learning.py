"""A small text model: logistic regression over hashed character 1- to 4-grams. Knows neither Flask nor the database.

Plain Python on purpose: 10,000 texts are learned in seconds, in the worker, without a package of many megabytes
(docs/decisions/0016). The same texts in the same order give the same model to the last bit: the order in which they are
shown is drawn from a fixed seed, and the hashes are CRC-32, which is the same in every process.
"""

from __future__ import annotations

import math
import random
import re
import sys
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from zlib import compress, crc32, decompress

from forum.core.text import fold

LENGTHS = 4  # of a piece, in characters: 1 to 4
BUCKETS = 1 << 18  # places for weights; more pieces than that share some
LETTERS_READ = 2_000  # of one text: its beginning says what it is
LONG = 400  # different pieces: some 120 letters of English
ROUNDS = 8  # how often every text is shown
STEP = 4.0  # how far the first rounds go; each goes less far than the one before
BIAS_STEP = 0.05
SHRINK = 0.97  # by which all weights shrink after a round: what only one text says stays small
_MASK = BUCKETS - 1
_SEED = 20261123
_FAR = 30.0  # beyond this a probability is 0 or 1 to thirteen digits


def features(text: str) -> array[int]:
    """Return the buckets of all pieces of a text, each once; empty for a text without a character."""
    found: set[int] = set()
    for row in _hashes(read(text)):
        found.update(row)
    return array("I", sorted({each & _MASK for each in found}))


def read(text: str) -> str:
    """Return the part of the text that counts, folded as the search folds it, runs of blanks as one."""
    return " ".join(fold(text[:LETTERS_READ])[0].split())


def read_with_places(text: str) -> tuple[str, list[int]]:
    """Return the same, and for each of its characters (and its end) where it stands in the text."""
    folded, starts = fold(text[:LETTERS_READ])
    letters: list[str] = []
    places: list[int] = []
    for found in re.finditer(r"\S+", folded):
        if letters:
            letters.append(" ")
            places.append(starts[found.start() - 1])
        letters.extend(found[0])
        places.extend(starts[found.start() : found.end()])
    return "".join(letters), [*places, min(len(text), LETTERS_READ)]


def rows_of_buckets(folded: str) -> list[list[int]]:
    """Return the buckets of all pieces of a text as `read` leaves it: a row for each length, in their order."""
    return [[each & _MASK for each in row] for row in _hashes(folded)]


def _hashes(folded: str) -> list[list[int]]:
    """Return the hashes of all pieces: a row for each length, in the order in which they stand."""
    letters = [letter.encode("utf-8", "replace") for letter in folded]
    rows = [list(map(crc32, letters))]
    for length in range(1, LENGTHS):
        rows.append(list(map(crc32, letters[length:], rows[-1])))
    return rows


@dataclass(frozen=True)
class Model:
    """What was learned: a weight for each bucket and what a text without any piece starts from."""

    weights: array[float]
    bias: float

    def probability(self, found: array[int]) -> float:
        """Return how likely a text with these pieces is of the kind that was learned, between 0 and 1."""
        return _squash(self.bias + _sum(self.weights, found) * scale_of(len(found)))

    def packed(self) -> bytes:
        """Return the weights for the database: four bytes each, low byte first, compressed."""
        return compress(_low_first(self.weights).tobytes(), 6)

    @staticmethod
    def unpacked(kept: bytes, bias: float) -> Model:
        """Return the model of weights as `packed` left them. Raises ValueError for anything else."""
        weights = array("f")
        weights.frombytes(decompress(kept))
        if len(weights) != BUCKETS:
            raise ValueError(f"{len(weights)} weights, not {BUCKETS}")
        return Model(_low_first(weights), bias)


def learn(texts: Sequence[array[int]], answers: Sequence[bool]) -> Model:
    """Return the model of texts (their features) of which each is of the kind or not; deterministic.

    Without texts, or where all have the same answer, it says that share of every text.
    """
    weights, size = [0.0] * BUCKETS, 1.0  # the weights are these times `size`, so that shrinking all costs nothing
    share = (sum(answers) + 1.0) / (len(answers) + 2.0)
    bias = math.log(share / (1.0 - share))
    places = [place for place, found in enumerate(texts) if found]
    dice = random.Random(_SEED)  # noqa: S311 - the same order every time is what is wanted
    for turn in range(ROUNDS if 0 < sum(answers) < len(answers) else 0):
        dice.shuffle(places)
        step = STEP / (1.0 + turn)
        for place in places:
            found = texts[place]
            scale = scale_of(len(found))
            wrong = answers[place] - _squash(bias + _sum(weights, found) * scale * size)
            bias += BIAS_STEP * step * wrong
            push = step * wrong * scale / size
            for bucket in found:
                weights[bucket] += push
        size *= SHRINK
    return Model(array("f", [weight * size for weight in weights]), bias)


def _sum(weights: Sequence[float], found: array[int]) -> float:
    """Return the sum of the weights of these pieces."""
    if len(found) < 2:
        return sum(weights[bucket] for bucket in found)
    return sum(itemgetter(*found)(weights))


def scale_of(pieces: int) -> float:
    """Return what makes long and short texts comparable: each has the length 1, of however many pieces.

    Beyond LONG pieces a text is worth what its parts are worth in the mean, or every long text would seem extreme
    (of 1,500 long, honest posts that it knew nothing like, 256 were at 90 %; so it is 32).
    """
    return min(1.0 / math.sqrt(pieces), math.sqrt(LONG) / pieces) if pieces else 0.0


def _low_first(weights: array[float]) -> array[float]:
    """Return the weights with the low byte first, whatever the machine does; its own way back."""
    if sys.byteorder == "big":
        weights = array("f", weights)
        weights.byteswap()
    return weights


def _squash(value: float) -> float:
    """Return the probability for a sum of weights."""
    return 1.0 / (1.0 + math.exp(-min(max(value, -_FAR), _FAR)))
