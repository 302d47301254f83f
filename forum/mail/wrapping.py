"""Lines of plain text that fit a mail: counted in columns, where a Chinese sign takes two and may end a line."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WIDTH = 72  # columns; RFC 5322 recommends at most 78 with what a reply puts in front
_NOT_FIRST = "，。！？；：、”’）》」』】…—,.!?;:)]}%"
_NOT_LAST = "“‘（《「『【([{"


def wrapped(line: str, width: int = WIDTH) -> str:
    """Return one line of text as lines of at most `width` columns; what has no place to break (a link) stays whole."""
    lines, current = [], ""
    for piece in _pieces(line):
        if current and columns((current + piece).rstrip()) > width:
            lines.append(current.rstrip())
            current = piece.lstrip()
        else:
            current += piece
    return "\n".join([*lines, current.rstrip()])


def columns(text: str) -> int:
    """Return how many columns a text takes in letters of one width."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def _pieces(line: str) -> Iterator[str]:
    """Yield what must stay together: words with the blank behind them, single Chinese signs with their punctuation."""
    held = ""
    for word in re.findall(r"\s*\S+", line):
        for sign in word:
            if held and _may_break(held[-1], sign):
                yield held
                held = ""
            held += sign
    if held:
        yield held


def _may_break(before: str, after: str) -> bool:
    if before in _NOT_LAST or after in _NOT_FIRST:
        return False
    if after.isspace():
        return False
    return before.isspace() or _is_wide(before) or _is_wide(after)


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
