"""Reading somebody's own flags, those on messages apart. Every list is bounded and served by an index."""

from __future__ import annotations

from sqlalchemy import Select, select
from sqlalchemy.orm import defer, joinedload

from forum.accounts.models import User
from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.core.paging import LARGEST_ID, Page, first_page
from forum.threads.models import Post, Thread
from moderation.models import Case, Decision, Flag
from moderation.reports.models import MessageReport


def flags_by(user_id: int, after: int | None = None) -> Page[Flag]:
    """Return one page of the person's flags but those on messages, newest first; `after`: the last one before it."""
    query = _flags().where(Flag.flagger_id == user_id, Flag.id < (after or LARGEST_ID))
    found = db.session.scalars(query.order_by(Flag.id.desc()).limit(PAGE_SIZE + 1)).all()
    return first_page(found, PAGE_SIZE)


def flag_by(user_id: int, flag_id: int) -> Flag | None:
    """Return the person's flag with this number, or None: somebody else's does not exist for them."""
    if not 0 < flag_id <= LARGEST_ID:
        return None
    return db.session.scalar(_flags().where(Flag.id == flag_id, Flag.flagger_id == user_id))


def visitors_flag(flag_id: int) -> Flag | None:
    """Return a visitor's flag with this number, or None: a member's is none of theirs."""
    if not 0 < flag_id <= LARGEST_ID:
        return None
    return db.session.scalar(_flags().where(Flag.id == flag_id, Flag.flagger_id.is_(None)))


def reports_by(user_id: int, after: int | None = None) -> Page[MessageReport]:
    """Return one page of what the person flagged in conversations, newest first."""
    query = _reports().where(MessageReport.reporter_id == user_id, MessageReport.id < (after or LARGEST_ID))
    query = query.where(MessageReport.former_id.is_(None))  # else the same flag, decided anew
    found = db.session.scalars(query.order_by(MessageReport.id.desc()).limit(PAGE_SIZE + 1)).all()
    return first_page(found, PAGE_SIZE)


def report_by(user_id: int, report_id: int) -> MessageReport | None:
    """Return what the person flagged in a conversation, by its number, or None."""
    if not 0 < report_id <= LARGEST_ID:
        return None
    return db.session.scalar(_reports().where(MessageReport.id == report_id, MessageReport.reporter_id == user_id))


def _flags() -> Select[Flag]:
    """Flags with their case and its decision, without the words of whom they are about, and what became of the post."""
    post = joinedload(Case.post).load_only(Post.id, Post.thread_id, Post.state, Post.state_reason, Post.state_at)
    thread = joinedload(Post.thread).load_only(Thread.id, Thread.title, Thread.lang, Thread.state)
    decision = joinedload(Case.decision).defer(Decision.reason)
    whose = joinedload(Case.author).load_only(User.id, User.username, User.display_name, User.standing)
    case = joinedload(Flag.case).options(
        defer(Case.frozen_body), defer(Case.frozen_html), decision, post.options(thread), whose
    )
    return select(Flag).options(case)


def _reports() -> Select[MessageReport]:
    return select(MessageReport).options(defer(MessageReport.copies), defer(MessageReport.reason))
