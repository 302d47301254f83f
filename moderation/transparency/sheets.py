"""Figures and rows as CSV that a spreadsheet opens without running anything, and that a program reads back exactly."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from forum.core.audit import PERSON, AuditEntry, sealed_fields

COLUMNS = (
    "seq", "version", "at", "act", "actor_role", "rule", "scope", "target", "facts", "actor_seal", "previous_hash",
    "hash",
)  # fmt: skip
WITHHELD = PERSON + "withheld"  # rows of version 1 hashed a person's number, which is not published
_DANGEROUS = ("=", "+", "-", "@", "'")  # a cell that begins so may be taken for a formula, or for a guarded one


def lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield each row as one line that ends with CR LF; what can't be printed is written as \\n, \\u0000 …"""
    for row in rows:
        line = io.StringIO()
        csv.writer(line).writerow([cell(value) for value in row])
        yield line.getvalue()


def cell(value: Any) -> str:
    """Return a value as a cell: an apostrophe goes before what a spreadsheet could run (and before an apostrophe)."""
    text = "" if value is None else str(value)
    if not text.isprintable():  # line ends of every kind, tabs, marks that turn the writing direction
        text = "".join(sign if sign.isprintable() else json.dumps(sign)[1:-1] for sign in text)
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def log_rows(entries: Iterable[AuditEntry]) -> Iterator[Sequence[Any]]:
    """Yield the heading and the rows of the log with every field that their hashes are made of."""
    yield COLUMNS
    for entry in entries:
        fields = {**sealed_fields(entry), "hash": entry.hash}
        fields["facts"] = json.dumps(fields["facts"], sort_keys=True, separators=(",", ":"))  # ASCII: one line
        if entry.version == 1 and entry.target.startswith(PERSON):
            fields["target"] = WITHHELD
        yield [fields[name] for name in COLUMNS]
