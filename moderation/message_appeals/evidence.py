"""Copies of messages stay until nobody can appeal any more, also when their author has left with all they wrote."""

from __future__ import annotations

from sqlalchemy import update

from forum.config import APPEAL_WINDOW
from forum.core.database import now, transaction
from forum.core.jobs import sweeper
from moderation.message_appeals import queries
from moderation.reports.models import MessageReport

AT_ONCE = 100


def set_aside(report_ids: list[int]) -> None:
    """Let those of the reports whose copies are needed keep them until their window ends; joins the caller."""
    with transaction() as session:
        for report_id, decided_at in queries.with_evidence(report_ids, now() - APPEAL_WINDOW):
            due = update(MessageReport).where(MessageReport.id == report_id)
            session.execute(due.values(forget_at=decided_at + APPEAL_WINDOW))


@sweeper
def forget_due() -> None:
    """Blank the copies whose time is over. Safe to repeat."""
    with transaction() as session:
        due = session.scalars(queries.forgettable(now(), AT_ONCE)).all()
        if due:
            gone = update(MessageReport).where(MessageReport.id.in_(due))
            session.execute(gone.values(copies=[], forget_at=None))
