"""What the worker does with visitors' flags: it owes one letter when one was decided, and forgets addresses in time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import delete

from forum.config import UNDO_WINDOW
from forum.core.database import locked, now, transaction
from forum.core.diagnosis import Fact, ago
from forum.core.jobs import sweeper
from forum.mail.actions import owe
from forum.mail.models import Mail
from moderation.visitors import queries
from moderation.visitors.actions import key_of
from moderation.visitors.models import WAITS_FOR, VisitorFlag

AT_ONCE = 100
LATE = timedelta(hours=6)  # after which a worker that runs has forgotten what is over


@sweeper
def tell_decided() -> None:
    """Owe each visitor one letter, as soon as nobody can take the decision back any more. Safe to repeat."""
    for row_id in queries.untold(now() - UNDO_WINDOW, AT_ONCE):
        with transaction():
            row = locked(VisitorFlag, row_id)
            if row is None or row.told_at is not None:
                continue
            row.told_at = now()
            if row.address:
                owe("visitor_decided", row.address, told_by(row.id), language=row.language, facts={"row": row.id})


def told_by(row_id: int) -> str:
    """Return what the letter about the decision is owed by."""
    return f"visitor-told:{row_id}"


@sweeper
def forget_over() -> None:
    """Delete what nobody confirmed within a day, and what nobody can appeal against, with the letters' addresses."""
    ids = queries.over(AT_ONCE)
    letters = [key for row_id in ids for key in (key_of(row_id), told_by(row_id))]
    if ids:
        with transaction() as session:
            session.execute(delete(Mail).where(Mail.key.in_(letters)))
            session.execute(delete(VisitorFlag).where(VisitorFlag.id.in_(ids)))


def faults() -> Iterator[str]:
    """Yield how many addresses are kept, as a fact, and what should have been forgotten."""
    number, oldest = queries.kept()
    if number:
        yield Fact(f"{number} addresses of visitors who flagged are kept until their matter is over")
    if oldest is not None and now() - oldest > WAITS_FOR + LATE:
        yield f"an address that nobody confirmed is kept for {ago(oldest)}; it should be forgotten after a day"
