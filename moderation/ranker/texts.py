"""What of a post the ranker reads, and whether a text says where to turn: without that nothing is held as spam."""

from __future__ import annotations

import re

from forum.core.text import fold
from moderation.ranker.learning import LETTERS_READ

_PLACE = re.compile(r"://|www\.|[a-z0-9-]{2,63}\.[a-z]{2,10}/|@[a-z0-9_]{2}")
_DIGITS = re.compile(r"[0-9](?:[ .\-]?[0-9]){4}")
_HANDLE = re.compile(r"[a-z0-9_]{5,40}")


def joined(title: str, body: str) -> str:
    """Return what is read: the title of a thread with its opening, else the body alone ("" as `title`)."""
    return f"{title}\n{body}" if title else body


def says_where_to_turn(text: str) -> bool:
    """Whether a link, an address, a longer number or a handle stands in it: an advertisement wants to be answered.

    An insult as such has none of these, so no insult is held, however much it may read like an advertisement.
    """
    folded = fold(text[:LETTERS_READ])[0]
    if _PLACE.search(folded) or _DIGITS.search(folded):
        return True
    return any(not word.isalpha() and not word.isdecimal() for word in _HANDLE.findall(folded))
