"""MessageAppeal: one objection to one decision about flagged messages, and what somebody else answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now
from moderation.appeals.models import BY_ANOTHER, WITH_REPLY, State
from moderation.reports.models import MessageReport


class MessageAppeal(Base):
    """One appeal a decision, with the rules of `moderation.appeals.models.Appeal`; there it says why two columns refer
    to the decision. The author appeals, or, against a dismissal, whoever flagged the messages.
    """

    __tablename__ = "message_appeals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["report_id", "first_decider_id"], ["message_reports.id", "message_reports.decided_by_id"]
        ),
        CheckConstraint(BY_ANOTHER, name="decided_by_another"),
        CheckConstraint(WITH_REPLY, name="decided_with_reply"),
        # the queue, oldest first
        Index(
            "ix_message_appeals_open",
            "id",
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
        Index("ix_message_appeals_appellant_id_id", "appellant_id", "id"),
        Index("ix_message_appeals_decider_id_id", "decider_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(unique=True)
    first_decider_id: Mapped[int]
    appellant_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    state: Mapped[str] = mapped_column(String(12), default=State.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reply: Mapped[str] = mapped_column(String(2000), default="")

    report: Mapped[MessageReport] = relationship()
    appellant: Mapped[User] = relationship(foreign_keys=[appellant_id])
    decider: Mapped[User | None] = relationship(foreign_keys=[decider_id])

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.state == State.OPEN

    @property
    def is_by_flagger(self) -> bool:
        """Whether somebody appeals against a dismissal who flagged the messages; else their author."""
        return self.report.is_dismissed
