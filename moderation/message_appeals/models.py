"""MessageAppeal: one objection to one decision about flagged messages, and what somebody else answered."""

from __future__ import annotations

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from moderation.appeals.models import Objection, asked_of
from moderation.reports.models import MessageReport


class MessageAppeal(Objection):
    """An appeal against a decision about messages: their author's, or, against a dismissal, whose who flagged them."""

    __tablename__ = "message_appeals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["report_id", "first_decider_id"], ["message_reports.id", "message_reports.decided_by_id"]
        ),
        *asked_of("message_appeals"),
    )

    report_id: Mapped[int] = mapped_column(unique=True)

    report: Mapped[MessageReport] = relationship()

    @property
    def is_by_flagger(self) -> bool:
        """Whether somebody appeals against a dismissal who flagged the messages; else their author."""
        return self.report.is_dismissed
