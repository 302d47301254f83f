"""Reading reports of messages: the queue, one of them, what was decided before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import defer, joinedload

from forum.accounts.models import Person
from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.core.paging import LARGEST_ID, Page, id_in
from forum.messages.models import Message
from moderation.record.steps import counts_since
from moderation.reports.models import MessageReport, Verdict

HISTORY_SHOWN = 10  # decisions about the same author before
COUNTED = (Verdict.WARN, Verdict.SUSPEND)  # against the author


def queue(viewer: Person, after: str = "") -> Page[MessageReport]:
    """Return open reports, those that come first and then the oldest, after the place `after`; none about the viewer's
    own messages."""
    query = (
        select(MessageReport)
        .where(MessageReport.decided_at.is_(None), MessageReport.author_id != viewer.id)
        .options(defer(MessageReport.copies), defer(MessageReport.note))
        .order_by(MessageReport.in_turn, MessageReport.id)
        .limit(PAGE_SIZE + 1)
    )
    if (place := _place(after)) is not None:
        query = query.where(tuple_(MessageReport.in_turn, MessageReport.id) > place)
    found = db.session.scalars(query).all()
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return Page(shown, f"{last.in_turn:d}_{last.id}" if last else "")


def _place(written: str) -> Any:
    """Return the place in the queue that a page's address names, or None."""
    turn, _, number = written.partition("_")
    if turn not in ("0", "1") or not (report_id := id_in(number)):
        return None
    return tuple_(literal(turn == "1"), literal(report_id))


def next_report(viewer: Person) -> int | None:
    """Return the first open report of the queue that the viewer neither sent nor is the author of, or None."""
    query = select(MessageReport.id).where(
        MessageReport.decided_at.is_(None),
        MessageReport.author_id != viewer.id,
        MessageReport.reporter_id != viewer.id,
    )
    return db.session.scalar(query.order_by(MessageReport.in_turn, MessageReport.id).limit(1))


def report_in_full(report_id: int) -> MessageReport | None:
    """Return the report with its author, reporter and decider, or None."""
    if not 0 < report_id <= LARGEST_ID:
        return None
    query = (
        select(MessageReport)
        .where(MessageReport.id == report_id)
        .options(
            joinedload(MessageReport.author), joinedload(MessageReport.reporter), joinedload(MessageReport.decided_by)
        )
    )
    return db.session.scalar(query)


def upheld_before(report: MessageReport) -> Sequence[MessageReport]:
    """Return earlier decisions against the same author, newest first, at most HISTORY_SHOWN."""
    query = (
        select(MessageReport)
        .where(
            MessageReport.author_id == report.author_id,
            MessageReport.id != report.id,
            MessageReport.verdict.in_(COUNTED),
            MessageReport.reversed_at.is_(None),
        )
        .options(defer(MessageReport.copies), defer(MessageReport.note))
    )
    return db.session.scalars(query.order_by(MessageReport.id.desc()).limit(HISTORY_SHOWN)).all()


def open_reports_by(reporter_id: int, conversation_id: int) -> Sequence[MessageReport]:
    """Return what the person flagged in this conversation and nobody has decided yet."""
    query = select(MessageReport).where(
        MessageReport.reporter_id == reporter_id,
        MessageReport.conversation_id == conversation_id,
        MessageReport.decided_at.is_(None),
    )
    return db.session.scalars(query.order_by(MessageReport.id)).all()


def open_reports_of(reporter_id: int, *, lock: bool = False) -> Sequence[MessageReport]:
    """Return what the person flagged and nobody has decided yet, oldest first; with `lock` under their rows' locks."""
    query = select(MessageReport).where(MessageReport.reporter_id == reporter_id, MessageReport.decided_at.is_(None))
    query = query.order_by(MessageReport.id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalars(query).all()


def has_open_report_between(one: int, other: int) -> bool:
    """Whether one of two people has flagged messages of the other, about which nobody has decided yet."""
    pair = (one, other)
    query = select(MessageReport.id).where(
        MessageReport.decided_at.is_(None),
        MessageReport.author_id.in_(pair),
        MessageReport.reporter_id.in_(pair),
    )
    return db.session.scalar(query.limit(1)) is not None


def strikes_since(user_ids: Collection[int], moment: datetime) -> dict[int, int]:
    """Return how many decisions that still count were taken against messages of each of the people since `moment`."""
    query = select(MessageReport.author_id, func.count()).where(
        MessageReport.author_id.in_(user_ids),
        MessageReport.verdict.in_(COUNTED),
        MessageReport.reversed_at.is_(None),
        MessageReport.decided_at >= max(moment, counts_since()),
    )
    return {row[0]: row[1] for row in db.session.execute(query.group_by(MessageReport.author_id))}


def chosen(conversation_id: int, message_ids: Collection[int]) -> Sequence[Message]:
    """Return these messages of the conversation, oldest first; others are left out."""
    query = select(Message).where(Message.conversation_id == conversation_id, Message.id.in_(message_ids))
    query = query.options(joinedload(Message.author)).execution_options(populate_existing=True)
    return db.session.scalars(query.order_by(Message.id)).all()


def latest_suspension(user_id: int) -> MessageReport | None:
    """Return the latest report whose decision suspended the person and stands, or None."""
    query = select(MessageReport).where(MessageReport.author_id == user_id, MessageReport.verdict == Verdict.SUSPEND)
    query = query.where(MessageReport.reversed_at.is_(None))
    return db.session.scalar(query.order_by(MessageReport.decided_at.desc()).limit(1))


def suspensions_of(user_id: int) -> Sequence[MessageReport]:
    """Return every decision about messages that suspended the person; few in anybody's life."""
    query = select(MessageReport).where(MessageReport.author_id == user_id, MessageReport.verdict == Verdict.SUSPEND)
    return db.session.scalars(query.options(defer(MessageReport.copies), defer(MessageReport.note))).all()
