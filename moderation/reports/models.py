"""MessageReport: what members of a conversation flagged, with copies of those messages and nothing else of it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.config import APPEAL_WINDOW
from forum.core.database import Base, UTCDateTime, now


class Verdict(enum.StrEnum):
    """What a moderator decided about flagged messages; the messages themselves stay where they are."""

    DISMISS = "dismiss"
    WARN = "warn"
    SUSPEND = "suspend"


class MessageReport(Base):
    """Messages of one person, flagged by another who got them, and the one decision about them.

    `copies` are the flagged messages as they were: [{"id", "at" (ISO 8601, UTC), "body", "html"}]. The conversation is
    only a number, for it is gone when everybody has left it; nobody on the desk can open it.
    """

    __tablename__ = "message_reports"
    __table_args__ = (
        Index(
            "ix_message_reports_open",
            "in_turn",
            "id",
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
        # looked up when somebody's account is deleted
        Index(
            "ix_message_reports_decided_by_id",
            "decided_by_id",
            sqlite_where=text("decided_by_id IS NOT NULL"),
            postgresql_where=text("decided_by_id IS NOT NULL"),
        ),
        UniqueConstraint("id", "decided_by_id"),  # so that an appeal can refer to both
        Index(
            "ix_message_reports_former_id",
            "former_id",
            unique=True,  # partial, lest SQLite read those without a former one by it
            sqlite_where=text("former_id IS NOT NULL"),
            postgresql_where=text("former_id IS NOT NULL"),
        ),
        Index(
            "ix_message_reports_forget_at",
            "forget_at",
            "id",
            sqlite_where=text("forget_at IS NOT NULL"),
            postgresql_where=text("forget_at IS NOT NULL"),
        ),
        Index("ix_message_reports_author_id_id", "author_id", "id"),
        Index("ix_message_reports_reporter_id_id", "reporter_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int]
    reporter_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    author_name: Mapped[str] = mapped_column(String(40))
    broken_rule: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(1000), default="")
    copies: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    in_turn: Mapped[bool] = mapped_column(default=True, server_default=true())  # False: it comes first (accounts.youth)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    verdict: Mapped[str] = mapped_column(String(20), default="")
    rule: Mapped[str] = mapped_column(String(20), default="")
    rules_version: Mapped[int] = mapped_column(default=1, server_default="1")  # of which `rule` is one
    reason: Mapped[str] = mapped_column(String(2000), default="")
    suspended_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    found_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the end of a suspension that it found
    reversed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    # whose dismissal an appeal overturned: this is the same flag, decided anew
    former_id: Mapped[int | None] = mapped_column(ForeignKey("message_reports.id"))
    forget_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # then the copies go (message_appeals.evidence)

    reporter: Mapped[User] = relationship(foreign_keys=[reporter_id])
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.decided_at is None

    @property
    def stands(self) -> bool:
        """Whether the decision has not been taken back."""
        return self.reversed_at is None

    @property
    def appealable_until(self) -> datetime:
        """Until when somebody may appeal against the decision; there must be one."""
        assert self.decided_at is not None
        return self.decided_at + APPEAL_WINDOW

    @property
    def is_dismissed(self) -> bool:
        """Whether it was decided that nothing was against the rules."""
        return self.verdict == Verdict.DISMISS

    @property
    def shown_copies(self) -> list[dict[str, Any]]:
        """The copies with their times as moments."""
        return [{**copy, "at": datetime.fromisoformat(copy["at"])} for copy in self.copies]
