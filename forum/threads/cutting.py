"""Taking words out of a text: only away, never in; the mark stands where something is missing."""

from __future__ import annotations

import unicodedata
from itertools import pairwise

from flask_babel import lazy_gettext as _l

from forum.core.errors import Refused
from forum.core.markup.unquoting import MARK
from forum.core.patterns import late

# The mark, a word, or any other single sign; Chinese and Japanese have no gaps between words, so each sign is one.
_OPENING = "([{<*_`~\"'“‘「『《（"
_TELLING = 4  # letters that make a piece known again; a sign of Chinese counts for two
_TOKEN = late(r"\[…\]|[^\W\u2e80-\U0003ffff]+|\S")


def without(former: str, wanted: str) -> str:
    """Return `former` without the words that `wanted` lacks, the mark in their place; raise Refused if it has others.

    Spaces and line ends are the former text's: where something stands in a quotation, a list or code is the author's.
    """
    old = [(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(former)]
    new = [found.group() for found in _TOKEN.finditer(wanted)]
    kept = [place for place in _places([token for token, _from, _to in old], new) if place is not None]
    if not kept:
        return MARK if old else former
    built, behind = "", 0  # so many characters of `former` are told
    for last, place in zip([-1, *kept], kept, strict=False):
        _token, start, end = old[place]
        if place == last + 1:
            built += former[behind:start]
        else:
            built = _marked(
                built + _gap(former, behind), former[start - _gap_before(former, start) : start], former[start]
            )
        built += former[start:end]
        behind = end
    if kept[-1] == len(old) - 1:
        return built + former[behind:]
    return _marked(built + _gap(former, behind), "", "")


def pieces_gone(former: str, wanted: str) -> list[str]:
    """Return the pieces of `former` that `wanted` lacks, each as it stood there."""
    old = [(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(former)]
    new = [found.group() for found in _TOKEN.finditer(wanted)]
    kept = [place for place in _places([token for token, _from, _to in old], new) if place is not None]
    return [
        former[old[one + 1][1] : old[other - 1][2]] for one, other in pairwise([-1, *kept, len(old)]) if other > one + 1
    ]


def says_anything(text: str) -> bool:
    """Whether anything stands in a text beside marks."""
    return any(token != MARK for token in _TOKEN.findall(text))


def says_again(piece: str, text: str, present: str) -> bool:
    """Whether `text` says a piece that was cut out more often than the `present` one does; case and marks don't count.

    A piece of few letters is in many a sentence, and says nothing alone.
    """
    words = _folded(piece)
    is_telling = sum(1 if each.isascii() else 2 for each in words) >= _TELLING
    return is_telling and f" {_folded(text)} ".count(f" {words} ") > f" {_folded(present)} ".count(f" {words} ")


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(token for token in _TOKEN.findall(plain) if token[0].isalnum())


def _gap(text: str, start: int) -> str:
    """Return the spaces and line ends that begin here."""
    rest = text[start:]
    return rest[: len(rest) - len(rest.lstrip())]


def _gap_before(text: str, end: int) -> int:
    """Return how many spaces and line ends stand before this place."""
    return end - len(text[:end].rstrip())


def _places(old: list[str], new: list[str]) -> list[int | None]:
    """Return for each of the new words which of the old ones it is, None for a mark; the ends are matched first.

    Raises Refused for a word that does not stand there, in this order.
    """
    tail = 0  # how many words at the end are the same: so one cut is found where it is, though words come twice
    while tail < min(len(old), len(new)) and old[-1 - tail] == new[-1 - tail] != MARK:
        tail += 1
    found: list[int | None] = []
    place = 0
    for index, token in enumerate(new):
        if index >= len(new) - tail:
            found.append(len(old) - (len(new) - index))
            continue
        if token == MARK:
            found.append(None)
            continue
        while place < len(old) - tail and old[place] != token:
            place += 1
        if place >= len(old) - tail:
            raise Refused(_l("Only take words away: “%(word)s” does not stand there in the author's text.", word=token))
        found.append(place)
        place += 1
    return found


def _marked(text: str, gap: str, sign: str) -> str:
    """Return the text with the mark behind it and then the gap; one where it would make a link of the next sign."""
    before = "" if not text or text[-1].isspace() or text[-1] in _OPENING else " "
    after = gap or (" " if sign and (sign.isalnum() or sign in "([:") else "")
    return f"{text}{before}{MARK}{after}"
