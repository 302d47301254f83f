"""Reading appeals about messages: the queue, one in full, one's own. Every list is bounded, by an index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Select, literal_column, or_, select
from sqlalchemy.orm import defer, joinedload

from forum.accounts.models import Person
from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.core.paging import LARGEST_ID, Page, first_page
from moderation.appeals.queries import Bench, free_staff
from moderation.message_appeals.models import MessageAppeal
from moderation.reports.models import MessageReport, Verdict
from moderation.reports.queries import COUNTED

# spelled out: a bound value would keep the partial index from serving
_OPEN = MessageAppeal.state == literal_column("'open'")
OWN_SHOWN = 20  # on the page of one's own decisions
_WORDLESS = (defer(MessageReport.copies), defer(MessageReport.note))


def queue(viewer: Person, after: int = 0) -> Page[MessageAppeal]:
    """Return one page of open appeals, oldest first, behind the id `after`, with the report and its author.

    None by whoever flagged the viewer's own messages.
    """
    report = joinedload(MessageAppeal.report).options(*_WORDLESS, joinedload(MessageReport.author))
    query = select(MessageAppeal).where(_OPEN, MessageAppeal.id > after).options(report)
    against_viewer = (MessageReport.verdict == Verdict.DISMISS) & (MessageReport.author_id == viewer.id)
    query = query.join(MessageAppeal.report).where(~against_viewer)
    found = db.session.scalars(query.order_by(MessageAppeal.id).limit(PAGE_SIZE + 1)).all()
    return first_page(found, PAGE_SIZE)


def oldest() -> datetime | None:
    """Return since when the oldest open appeal waits, or None."""
    return db.session.scalar(select(MessageAppeal.created_at).where(_OPEN).order_by(MessageAppeal.id).limit(1))


def appeal_in_full(appeal_id: int) -> MessageAppeal | None:
    """Return the appeal with the report and everybody in it, in one statement."""
    if not 0 < appeal_id <= LARGEST_ID:
        return None
    report = joinedload(MessageAppeal.report).options(
        joinedload(MessageReport.author), joinedload(MessageReport.decided_by)
    )
    people = (joinedload(MessageAppeal.appellant), joinedload(MessageAppeal.decider))
    return db.session.scalar(select(MessageAppeal).where(MessageAppeal.id == appeal_id).options(report, *people))


def of_report(report_id: int) -> MessageAppeal | None:
    """Return the appeal against the decision about a report, or None."""
    return db.session.scalar(select(MessageAppeal).where(MessageAppeal.report_id == report_id))


def next_appeal(by: Person) -> int | None:
    """Return the oldest open appeal about no decision, messages or flag of the person's own, or None."""
    query = (
        select(MessageAppeal.id)
        .join(MessageAppeal.report)
        .where(
            _OPEN,
            MessageAppeal.first_decider_id != by.id,
            MessageReport.author_id != by.id,
            MessageReport.reporter_id != by.id,
        )
    )
    return db.session.scalar(query.order_by(MessageAppeal.id).limit(1))


def bench(appeal: MessageAppeal) -> Bench:
    """Return how many moderators and admins may sign in and neither decided, wrote nor flagged the messages."""
    report = appeal.report
    return free_staff({appeal.first_decider_id, appeal.appellant_id, report.author_id, report.reporter_id})


def own_decisions(user_id: int) -> Sequence[tuple[MessageReport, MessageAppeal | None]]:
    """Return what was decided against the person's messages, the latest first, at most 20, with their appeals."""
    query = (
        select(MessageReport, MessageAppeal)
        .outerjoin(MessageAppeal, MessageAppeal.report_id == MessageReport.id)
        .where(MessageReport.author_id == user_id, MessageReport.verdict.in_(COUNTED))
        .options(*_WORDLESS)
    )
    rows = db.session.execute(query.order_by(MessageReport.id.desc()).limit(OWN_SHOWN))
    return [(row[0], row[1]) for row in rows]


def appealable(user_id: int, moment: datetime, limit: int) -> Sequence[MessageReport]:
    """Return decisions that suspended the person, were taken after `moment` and stand, the latest first."""
    query = select(MessageReport).where(
        MessageReport.author_id == user_id,
        MessageReport.verdict == Verdict.SUSPEND,
        MessageReport.decided_at > moment,
        MessageReport.reversed_at.is_(None),
    )
    return db.session.scalars(query.options(*_WORDLESS).order_by(MessageReport.id.desc()).limit(limit)).all()


def with_evidence(report_ids: Collection[int], moment: datetime) -> Sequence[tuple[int, datetime]]:
    """Return those of the reports that were decided after `moment` or are appealed against, with the decision's."""
    query = (
        select(MessageReport.id, MessageReport.decided_at)
        .outerjoin(MessageAppeal, (MessageAppeal.report_id == MessageReport.id) & _OPEN)
        .where(MessageReport.id.in_(report_ids), MessageReport.decided_at.is_not(None))
        .where(or_(MessageReport.decided_at > moment, MessageAppeal.id.is_not(None)))
    )
    return [(row[0], row[1]) for row in db.session.execute(query) if row[1]]


def forgettable(moment: datetime, limit: int) -> Select[int]:
    """Select reports whose copies are due to go: their author left, the window is over and no appeal is open."""
    waits = select(MessageAppeal.id).where(MessageAppeal.report_id == MessageReport.id, _OPEN)
    query = select(MessageReport.id).where(MessageReport.forget_at.is_not(None), MessageReport.forget_at <= moment)
    return query.where(~waits.exists()).order_by(MessageReport.forget_at, MessageReport.id).limit(limit)
