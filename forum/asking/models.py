"""AskSession beside its thread, its steps and experts; Question beside its post, and who asks it too."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now
from forum.threads.models import Post, Thread

LED_BY = "asking"  # what Thread.led_by says of a session's thread


class Phase(enum.StrEnum):
    """The five states of a session, in their order."""

    ANNOUNCED = "announced"
    COLLECTING = "collecting"
    ANSWERING = "answering"
    CLOSED = "closed"
    ARCHIVED = "archived"


class Status(enum.StrEnum):
    """What became of a question; while its post is hidden or deleted, the page shows none of these."""

    OPEN = "open"
    ANSWERED = "answered"
    DECLINED = "declined"
    MERGED = "merged"


class AskSession(Base):
    """One session. `state` is what was carried out and told; what holds now is in the four times (see `clock`)."""

    __tablename__ = "ask_sessions"
    __table_args__ = (
        Index(
            "ix_ask_sessions_due",
            "next_at",
            sqlite_where=text("next_at IS NOT NULL"),
            postgresql_where=text("next_at IS NOT NULL"),
        ),
        Index("ix_ask_sessions_state_opens_at", "state", "opens_at", "id"),
        Index("ix_ask_sessions_opens_at", "opens_at", "id"),  # the past ones, latest first
        Index("ix_ask_sessions_host_id", "host_id"),
        Index(
            "ix_ask_sessions_summary_id",
            "summary_id",
            sqlite_where=text("summary_id IS NOT NULL"),
            postgresql_where=text("summary_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), unique=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    description_en: Mapped[str] = mapped_column(Text)
    description_zh: Mapped[str] = mapped_column(Text)
    capacity: Mapped[int]  # questions of one person
    opens_at: Mapped[datetime] = mapped_column(UTCDateTime)
    answers_at: Mapped[datetime] = mapped_column(UTCDateTime)
    closes_at: Mapped[datetime] = mapped_column(UTCDateTime)
    archives_at: Mapped[datetime] = mapped_column(UTCDateTime)
    state: Mapped[str] = mapped_column(String(12), default=Phase.ANNOUNCED)
    next_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the worker carries out the next step
    question_count: Mapped[int] = mapped_column(default=0)
    answered_count: Mapped[int] = mapped_column(default=0)
    summary_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    thread: Mapped[Thread] = relationship()
    host: Mapped[User] = relationship()

    def description(self, lang: str) -> str:
        """Return what it is about in `lang` ("en", "zh", "zh-Hans" or "zh_Hans")."""
        return self.description_zh if lang.startswith("zh") else self.description_en


class AskStep(Base):
    """A session came into a state: when it was planned, when it was done and by whom (None: the worker)."""

    __tablename__ = "ask_steps"
    __table_args__ = (
        UniqueConstraint("session_id", "state"),
        Index(
            "ix_ask_steps_notices_owed",
            "id",
            sqlite_where=text("notified_at IS NULL"),
            postgresql_where=text("notified_at IS NULL"),
        ),
        Index(
            "ix_ask_steps_by_id",
            "by_id",
            sqlite_where=text("by_id IS NOT NULL"),
            postgresql_where=text("by_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("ask_sessions.id"))
    state: Mapped[str] = mapped_column(String(12))
    planned_at: Mapped[datetime] = mapped_column(UTCDateTime)
    done_at: Mapped[datetime] = mapped_column(UTCDateTime)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    notified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # also when the next step overtook it, untold

    @property
    def is_early(self) -> bool:
        """Whether a host did it before its time."""
        return self.by_id is not None and self.done_at < self.planned_at


class AskExpert(Base):
    """Somebody is named to answer in a session, with a credential of its sub-theme that is in force then."""

    __tablename__ = "ask_experts"
    __table_args__ = (Index("ix_ask_experts_user_id", "user_id"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("ask_sessions.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)

    user: Mapped[User] = relationship()


class Question(Base):
    """A post that asks. `support_count` is how many people ask it, its author and those of merged questions too."""

    __tablename__ = "questions"
    __table_args__ = (
        Index("ix_questions_by_support", "session_id", "status", "support_count", "post_id"),
        Index(
            "ix_questions_merged_into_id",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
        Index(
            "ix_questions_released_from_id",
            "released_from_id",
            sqlite_where=text("released_from_id IS NOT NULL"),
            postgresql_where=text("released_from_id IS NOT NULL"),
        ),
        Index(
            "ix_questions_routed_to_id",
            "routed_to_id",
            sqlite_where=text("routed_to_id IS NOT NULL"),
            postgresql_where=text("routed_to_id IS NOT NULL"),
        ),
        Index(
            "ix_questions_decided_by_id",
            "decided_by_id",
            sqlite_where=text("decided_by_id IS NOT NULL"),
            postgresql_where=text("decided_by_id IS NOT NULL"),
        ),
        Index(
            "ix_questions_answer_id",
            "answer_id",
            sqlite_where=text("answer_id IS NOT NULL"),
            postgresql_where=text("answer_id IS NOT NULL"),
        ),
    )

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True, autoincrement=False)
    session_id: Mapped[int] = mapped_column(ForeignKey("ask_sessions.id"))
    status: Mapped[str] = mapped_column(String(10), default=Status.OPEN)
    support_count: Mapped[int] = mapped_column(default=1)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))  # the first visible one
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("questions.post_id"))
    # into which it was merged until that went out of sight, and is again once that is back
    released_from_id: Mapped[int | None] = mapped_column(ForeignKey("questions.post_id"))
    routed_to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decline_reason: Mapped[str] = mapped_column(String(1000), default="")
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # merged or declined
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    post: Mapped[Post] = relationship(foreign_keys=[post_id])
    session: Mapped[AskSession] = relationship()
    routed_to: Mapped[User | None] = relationship(foreign_keys=[routed_to_id])

    def notice_key(self, what: str, into_id: int = 0) -> str:
        """Return the key of the notice that it was "merged" (into another one), "declined" or "routed"."""
        return f"question:{self.post_id}:{what}:{into_id}"


class QuestionSupport(Base):
    """Somebody asks this question: its author from the beginning, others by "I ask this too", each once."""

    __tablename__ = "question_supports"
    __table_args__ = (Index("ix_question_supports_user_id", "user_id", "question_id"),)

    question_id: Mapped[int] = mapped_column(ForeignKey("questions.post_id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
