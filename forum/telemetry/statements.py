"""What a statement to the database is called in a trace: its words without a single value."""

from __future__ import annotations

import re
from functools import lru_cache

LONGEST = 1_000  # characters
# As SQLite and PostgreSQL write values: E'it\'s', U&'d\0061t', N'…', B'01' and X'1f', $tag$…$tag$; '…'; numbers.
_VALUE = re.compile(
    r"\b[Ee]'(?:[^'\\]|''|\\.)*(?:'|\Z)|(?:\b(?:[UuNnBbXx]|[Uu]&))?'(?:[^']|'')*(?:'|\Z)"
    r"|(?<![\w$])\$((?:[^\W\d]\w*)?)\$.*?(?:\$\1\$|\Z)"
    r"|(?<![\w.$:])(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\b",
    re.DOTALL,
)
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?([a-z_]+)', re.IGNORECASE)


@lru_cache(maxsize=512)
def worded(statement: str) -> tuple[str, str]:
    """Return a short name ("SELECT posts") and the text with a ? for each value that is written out in it."""
    text = " ".join(_VALUE.sub("?", statement).split())
    table = _TABLE.search(text)
    kind = text.partition(" ")[0].upper()[:20]
    return (f"{kind} {table[1]}" if table else kind), text[:LONGEST]
