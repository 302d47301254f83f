"""The walk over the public log, row by row, to the first that is not as it was written; `flask doctor` takes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.core.audit import GENESIS, AuditEntry, AuditHead, fingerprint, seal
from forum.core.database import db


@dataclass(frozen=True)
class Fault:
    """The first row at which the chain is broken, and what is wrong with it."""

    seq: int
    problem: str


def first_fault() -> Fault | None:
    """Walk the whole chain and return its first bad row, or None when every row is as it was written."""
    previous, expected, moment = GENESIS, 1, None
    for seq, entry in _entries():
        problem = _problem(entry, expected, previous, moment) if entry else "it can't be read"
        if entry is None or problem:
            return Fault(seq, problem)
        previous, expected, moment = entry.hash, entry.seq + 1, entry.at
    head = db.session.get(AuditHead, 1, populate_existing=True)
    if head is None:
        return Fault(expected, "the head of the chain is missing")
    if (head.seq, head.hash) != (expected - 1, previous):
        return Fault(
            expected,
            f"the chain ends at row {expected - 1}, its head says {head.seq}: rows were removed or added",
        )
    return None


def _entries(chunk: int = 500) -> Iterator[tuple[int, AuditEntry | None]]:
    """Read the log by key: whoever stops early leaves no cursor open, and the log may be long. None: unreadable."""
    query = select(AuditEntry).order_by(AuditEntry.seq).execution_options(populate_existing=True)
    keys = select(AuditEntry.seq).order_by(AuditEntry.seq)
    after: int | None = None  # not 0: a row may have been slipped in before the first
    while True:
        beyond = AuditEntry.seq > after if after is not None else AuditEntry.seq.is_not(None)
        numbers = db.session.scalars(keys.where(beyond).limit(chunk)).all()
        if not numbers:
            return
        span = AuditEntry.seq.between(numbers[0], numbers[-1])
        try:
            rows = [(row.seq, row) for row in db.session.scalars(query.where(span))]
        except Exception:  # bytes that are no text, no date, no JSON: whatever the driver stumbles over
            db.session.rollback()
            yield from ((number, _readable(number)) for number in numbers)
        else:
            yield from rows
        after = numbers[-1]


def _readable(seq: int) -> AuditEntry | None:
    try:
        return db.session.get(AuditEntry, seq, populate_existing=True)
    except Exception:
        db.session.rollback()
        return None


def _problem(entry: AuditEntry, expected: int, previous: str, moment: datetime | None) -> str:
    if entry.seq != expected:
        return f"row {expected} is missing" if entry.seq > expected else "it stands before the first row"
    if entry.previous_hash != previous:
        return "it does not follow the row before it"
    if fingerprint(entry) != entry.hash:
        return "its content was changed"
    if seal(entry.actor_salt, entry.actor_id) != entry.actor_seal:
        return "its actor was changed"
    if moment and entry.at < moment:
        return "it is older than the row before it"
    return ""
