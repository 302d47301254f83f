"""Letters read from the database: what is due, what went out, what is wrong. Every list is bounded."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, literal_column, select

from forum.config import PAGE_SIZE
from forum.core.database import db, now
from forum.core.paging import Page
from forum.mail.models import Mail, State

KEPT = timedelta(days=30)  # after that a letter's row is deleted
COUNTED_MOST = 1_000

# spelled out: a bound value would keep the partial index from serving
_OWED = Mail.state == literal_column(f"'{State.OWED}'")


def due(limit: int) -> Sequence[int]:
    """Return the ids of letters to be sent now, longest due first."""
    query = select(Mail.id).where(_OWED, Mail.next_at <= now()).order_by(Mail.next_at, Mail.id)
    return db.session.scalars(query.limit(limit)).all()


def old(limit: int) -> Sequence[int]:
    """Return letters of 30 days ago that are owed no more."""
    query = select(Mail.id).where(Mail.created_at < now() - KEPT, Mail.state != State.OWED)
    return db.session.scalars(query.order_by(Mail.created_at).limit(limit)).all()


def by_id(mail_id: int) -> Mail | None:
    """Return the letter with this id, or None."""
    return db.session.get(Mail, mail_id)


def of_person(user_id: int) -> Sequence[Mail]:
    """Return the latest five letters to the person."""
    return db.session.scalars(select(Mail).where(Mail.user_id == user_id).order_by(Mail.id.desc()).limit(5)).all()


def latest(user_id: int, template: str) -> datetime | None:
    """Return when the person was last owed this letter, dropped ones aside; None when that is over 30 days ago."""
    query = select(Mail.created_at).where(Mail.user_id == user_id, Mail.template == template)
    query = query.where(Mail.state != State.DROPPED)
    return db.session.scalar(query.order_by(Mail.id.desc()).limit(1))


def page(before: int | None) -> Page[Mail]:
    """Return all letters, newest first."""
    query = select(Mail).order_by(Mail.id.desc()).limit(PAGE_SIZE + 1)
    if before:
        query = query.where(Mail.id < before)
    rows = db.session.scalars(query).all()
    return Page(rows[:PAGE_SIZE], str(rows[PAGE_SIZE - 1].id) if len(rows) > PAGE_SIZE else "")


def overdue(age: timedelta) -> int:
    """Return how many letters have been owed for longer than `age`, counted up to 1,000."""
    some = select(Mail.id).where(_OWED, Mail.created_at < now() - age).limit(COUNTED_MOST).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def owed_count() -> int:
    """Return how many letters are owed at this moment."""
    return db.session.scalar(select(func.count()).select_from(Mail).where(_OWED)) or 0


def failed_since(age: timedelta) -> int:
    """Return how many letters of the last `age` failed, counted up to 1,000."""
    recent = select(Mail.id).where(Mail.created_at >= now() - age, Mail.state == State.FAILED)
    return db.session.scalar(select(func.count()).select_from(recent.limit(COUNTED_MOST).subquery())) or 0
