"""AnswerDraft: an expert's answer that is not sent yet, kept on the server."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.database import Base, UTCDateTime, now
from forum.threads.models.discussion import Post


class AnswerDraft(Base):
    """What an expert has written so far as an answer to one post, for nobody else's eyes.

    An answer to nothing in particular answers the thread's opening post.
    """

    __tablename__ = "answer_drafts"
    __table_args__ = (
        UniqueConstraint("user_id", "parent_id"),
        Index("ix_answer_drafts_parent_id", "parent_id"),
        Index("ix_answer_drafts_saved_at", "saved_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    parent_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    body: Mapped[str] = mapped_column(Text)
    sources: Mapped[list[list[str]]] = mapped_column(JSON, default=list, server_default="[]")  # as typed, unchecked
    saved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    parent: Mapped[Post] = relationship()
