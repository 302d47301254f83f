"""How alike two texts are, without keeping either: sketches of the hashes of their pieces of three letters.

Each piece is hashed once; the smallest hash in each of eight parts of all hashes is kept. Two of these make a band, by
which alike texts are found in the database, and the 48 smallest of all tell how large a share the two have in common
(Broder's bottom-k sketch; Li, Owen, Zhang: one permutation hashing).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from array import array
from dataclasses import dataclass

from forum.core.text import fold

PIECE = 3
LETTERS_READ = 2_000  # of a text: what spam says it says at the beginning, and time stays bounded
SKETCH = 48
PARTS = 8
_OTHER = re.compile(r"[\W_]+")
_DIGITS = re.compile(r"\d+")


@dataclass(frozen=True)
class Sketch:
    """What a text is like: `exact` for the same words, `bands` to find alike ones, `sketch` to compare."""

    exact: str
    bands: tuple[int, ...]
    sketch: bytes


def sketch_of(text: str, least: int) -> Sketch | None:
    """Return what a text is like, None when it has fewer than `least` letters.

    Case, width, spaces and signs don't matter, and any number is as good as another: prices and codes vary in spam.
    """
    letters = _DIGITS.sub("0", _OTHER.sub("", fold(text[: 4 * LETTERS_READ])[0]))
    if len(letters) < max(least, PIECE):
        return None
    exact = hashlib.sha256(f"{len(text)}".encode() if len(text) > 4 * LETTERS_READ else b"")
    exact.update(letters.encode())
    head = letters[:LETTERS_READ]
    hashes = sorted({zlib.crc32(head[at : at + PIECE].encode()) for at in range(len(head) - PIECE + 1)})
    return Sketch(exact.hexdigest()[:32], _bands(hashes), array("I", hashes[:SKETCH]).tobytes())


def share(one: bytes, other: bytes) -> float:
    """Return the estimated share of pieces that two texts have in common, 0 to 1."""
    mine, theirs = set(array("I", one)), set(array("I", other))
    smallest = sorted(mine | theirs)[:SKETCH]
    return sum(each in mine and each in theirs for each in smallest) / len(smallest) if smallest else 0.0


def _bands(hashes: list[int]) -> tuple[int, ...]:
    """Return the smallest hash of each part, two to a band; an empty part borrows from the next one."""
    least: dict[int, int] = {}
    for each in hashes:
        least.setdefault(each >> 29, each)
    filled = [
        next(least[(part + step) % PARTS] for step in range(PARTS) if (part + step) % PARTS in least)
        for part in range(PARTS)
    ]
    return tuple(zlib.crc32(f"{filled[2 * at]}/{filled[2 * at + 1]}".encode()) >> 1 for at in range(PARTS // 2))
