"""Closure and ClosedPost: how far the removal of an account's posts has come, and how each of them stood before."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.database import Base, UTCDateTime
from forum.threads.models import Post
from moderation.models import Case, Decision, where


class Closure(Base):
    """What a decision to close an account set going, or, once it is taken back, the way back.

    `asked` posts were there to be removed, `done` of them are; `last_id` is the last post looked at. `flags` keeps
    what the account's flags on open cases weighed, as {id: [weight, trust]}. `is_due` while the worker has work left.
    """

    __tablename__ = "closures"
    __table_args__ = (Index("ix_closures_due", "id", **where("is_due")),)

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), unique=True)
    asked: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    last_id: Mapped[int] = mapped_column(default=0)
    flags: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    is_due: Mapped[bool] = mapped_column(default=True, server_default=true())
    finished_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reversed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    decision: Mapped[Decision] = relationship()


class ClosedPost(Base):
    """A post that went with its author's account: how it stood, and the open case about it that ended with it."""

    __tablename__ = "closed_posts"
    __table_args__ = (
        UniqueConstraint("closure_id", "post_id"),
        Index("ix_closed_posts_case_id", "case_id", **where("case_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    closure_id: Mapped[int] = mapped_column(ForeignKey("closures.id"))
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    former: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)

    post: Mapped[Post] = relationship()
    case: Mapped[Case | None] = relationship()
