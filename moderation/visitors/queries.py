"""Reading visitors' flags: by token, those whose case was decided, those whose time is over. Every list is bounded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import joinedload

from forum.accounts.sessions import fingerprint
from forum.config import APPEAL_WINDOW
from forum.core.database import db, now
from forum.threads.models import Post, Thread
from moderation.models import Case, Flag
from moderation.visitors import links
from moderation.visitors.models import WAITS_FOR, MailRefusal, VisitorFlag


def by_token(token: str) -> VisitorFlag | None:
    """Return the visitor's flag of this token with its post and thread, confirmed or not, or None."""
    thread = joinedload(VisitorFlag.post).joinedload(Post.thread).load_only(Thread.id, Thread.title, Thread.lang)
    query = select(VisitorFlag).where(VisitorFlag.token_hash == fingerprint(token)).options(thread)
    return db.session.scalar(query)


def is_known_form(form_key: str) -> bool:
    """Whether the form was sent already."""
    return db.session.scalar(select(VisitorFlag.id).where(VisitorFlag.form_key == form_key)) is not None


def own_flag(case_id: int, mark: str) -> Flag | None:
    """Return the flag that this address has confirmed in the case, or None."""
    query = select(Flag).join(VisitorFlag, VisitorFlag.flag_id == Flag.id)
    return db.session.scalar(query.where(Flag.case_id == case_id, VisitorFlag.mark == mark).limit(1))


def wants_no_letters(address: str) -> bool:
    """Whether the owner of the address has said so."""
    query = select(MailRefusal.mark).where(MailRefusal.mark.in_(links.marks_of(address)))
    return db.session.scalar(query.limit(1)) is not None


def untold(before: datetime, limit: int) -> list[int]:
    """Return the ids of visitors' flags whose case was decided until `before` and whose sender is not told yet."""
    query = select(VisitorFlag.id).join(Flag, Flag.id == VisitorFlag.flag_id).join(Case, Case.id == Flag.case_id)
    query = query.where(VisitorFlag.told_at.is_(None), VisitorFlag.flag_id.is_not(None), Case.decided_at <= before)
    return list(db.session.scalars(query.order_by(VisitorFlag.id).limit(limit)))


def over(limit: int) -> list[int]:
    """Return the ids of those that nobody confirmed in time, and of those whose case nobody can appeal any more."""
    waited = VisitorFlag.flag_id.is_(None), VisitorFlag.created_at <= now() - WAITS_FOR
    found = list(db.session.scalars(select(VisitorFlag.id).where(*waited).limit(limit)))
    query = select(VisitorFlag.id).join(Flag, Flag.id == VisitorFlag.flag_id).join(Case, Case.id == Flag.case_id)
    # told after the decision, so that the index finds the few whose window may be over
    ended = VisitorFlag.told_at <= now() - APPEAL_WINDOW, Case.decided_at <= now() - APPEAL_WINDOW
    return found + list(db.session.scalars(query.where(*ended).limit(limit)))


def kept() -> tuple[int, datetime | None]:
    """Return how many addresses are kept, and since when the oldest that nobody confirmed waits."""
    number = select(func.count()).select_from(VisitorFlag).where(VisitorFlag.address != literal_column("''"))
    oldest = select(func.min(VisitorFlag.created_at)).where(VisitorFlag.flag_id.is_(None))
    return db.session.scalar(number) or 0, db.session.scalar(oldest)
