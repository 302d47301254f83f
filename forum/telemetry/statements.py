"""What a statement to the database is called in a trace: its words without a single value."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 1_000  # characters
_VALUE = re.compile(r"'(?:[^']|'')*'|(?<![\w.$:])\d+(?:\.\d+)?\b")
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?([a-z_]+)', re.IGNORECASE)


@lru_cache(maxsize=512)
def worded(statement: str) -> tuple[str, str]:
    """Return a short name ("SELECT posts") and the text with a ? for each value that is written out in it."""
    text = " ".join(_VALUE.sub("?", statement).split())
    table = _TABLE.search(text)
    kind = text.partition(" ")[0].upper()[:20]
    return (f"{kind} {table[1]}" if table else kind), text[:LONGEST]
