"""ExpertInvitation: somebody asked an expert to answer a question; the expert may decline."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now
from forum.threads.models import Thread

_OPEN = text("declined_at IS NULL")


class ExpertInvitation(Base):
    """One person invites one expert to one question. That it was declined is told only to whoever invited."""

    __tablename__ = "expert_invitations"
    __table_args__ = (
        UniqueConstraint("thread_id", "inviter_id", "expert_id"),
        # an expert's desk, the latest first
        Index("ix_expert_invitations_open", "expert_id", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_expert_invitations_expert_id", "expert_id"),
        Index("ix_expert_invitations_inviter_id", "inviter_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    inviter_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    expert_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    declined_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    thread: Mapped[Thread] = relationship()
    inviter: Mapped[User] = relationship(foreign_keys=[inviter_id])
    expert: Mapped[User] = relationship(foreign_keys=[expert_id])
