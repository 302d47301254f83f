"""Thread and Post with *the* answer: rows and facts about them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Connection, ForeignKey, Index, String, Text, event, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core import text as words
from forum.core.database import Base, UTCDateTime, now
from forum.core.pagecache import stands_in
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.threads.models.kinds import BY_FLAGS, PAGES_BESIDE, State, where


class Thread(Base):
    """A discussion. Its state is its opening post's; its counters count what everybody sees."""

    __tablename__ = "threads"
    __table_args__ = (
        # a sub-theme's threads and the home page's, latest activity first
        Index(
            "ix_threads_activity_in_subtheme",
            "subtheme_id",
            "last_post_at",
            "id",
            **where("state = 'visible'"),
        ),
        Index("ix_threads_activity", "last_post_at", "id", **where("state = 'visible'")),
        # pinned threads, few: top of a sub-theme, home page, and the expert's desk (unanswered, oldest first)
        Index("ix_threads_pinned", "subtheme_id", "pinned_at", "id", **where("pinned_at IS NOT NULL")),
        Index(
            "ix_threads_waiting",
            "subtheme_id",
            "created_at",
            "id",
            **where("(pinned_at IS NOT NULL OR asked_at IS NOT NULL) AND expert_answer_count = 0"),
        ),
        Index("ix_threads_author", "author_id", "id"),
        # counted for a profile from the index alone
        Index("ix_threads_author_visible", "author_id", "id", **where("state = 'visible'")),
        # what its author alone sees in the lists
        Index("ix_threads_held", "author_id", "id", **where("state = 'held'")),
        # looked up when somebody's account is deleted
        Index("ix_threads_last_author_id", "last_author_id", **where("last_author_id IS NOT NULL")),
        Index("ix_threads_pinned_by_id", "pinned_by_id", **where("pinned_by_id IS NOT NULL")),
        Index("ix_threads_locked_by_id", "locked_by_id", **where("locked_by_id IS NOT NULL")),
        Index("ix_threads_slow_by_id", "slow_by_id", **where("slow_by_id IS NOT NULL")),
        Index("ix_threads_asked_by_id", "asked_by_id", **where("asked_by_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subtheme_id: Mapped[int] = mapped_column(ForeignKey("subthemes.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(200))
    lang: Mapped[str] = mapped_column(String(10), default="")
    state: Mapped[str] = mapped_column(String(10), default=State.VISIBLE)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_post_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_author_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    last_position: Mapped[int] = mapped_column(default=0)
    reply_count: Mapped[int] = mapped_column(default=0)
    expert_answer_count: Mapped[int] = mapped_column(default=0)
    views: Mapped[int] = mapped_column(default=0)
    pinned_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    pinned_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    slow_minutes: Mapped[int] = mapped_column(default=0, server_default="0")  # between two posts of one person; 0: none
    slow_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    slow_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    # a question to the experts of its sub-theme; answered: *the* answer is chosen (ChosenAnswer), and everybody sees it
    asked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    is_answered: Mapped[bool] = mapped_column(default=False, server_default=false())
    # a moderator has taken the mark of a question away: only moderators put it to the experts again
    asking_locked: Mapped[bool] = mapped_column(default=False, server_default=false())
    led_by: Mapped[str] = mapped_column(String(20), default="", server_default="")  # a room above, by its own rules
    source_id: Mapped[str | None] = mapped_column(String(100), unique=True)

    subtheme: Mapped[SubTheme] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    last_author: Mapped[User | None] = relationship(foreign_keys=[last_author_id])
    chosen: Mapped[ChosenAnswer | None] = relationship(back_populates="thread")

    @property
    def slug(self) -> str:
        """The title as the last part of the thread's address, never the name of another page there."""
        slug = words.plain_slug(self.title)
        return f"{slug}-" if slug in PAGES_BESIDE else slug

    @property
    def is_pinned(self) -> bool:
        """Whether a moderator keeps it at the top, open to experts' answers."""
        return self.pinned_at is not None

    @property
    def is_question(self) -> bool:
        """Whether it is put to the experts of its sub-theme."""
        return self.asked_at is not None

    @property
    def takes_experts(self) -> bool:
        """Whether experts of its sub-theme may answer in it with their credential: pinned, or a question to them."""
        return self.is_pinned or self.is_question

    @property
    def is_locked(self) -> bool:
        """Whether a moderator has closed it to new replies and edits."""
        return self.locked_at is not None


class Post(Base):
    """One contribution. `position` is its place in the thread, given when it is published; a held one has none yet."""

    __tablename__ = "posts"
    __table_args__ = (
        Index("uq_posts_thread_id_position", "thread_id", "position", unique=True),
        Index("ix_posts_experts", "thread_id", "position", **where("credential_id IS NOT NULL")),
        Index("ix_posts_author", "author_id", "id"),
        Index("ix_posts_answers", "author_id", "id", **where("credential_id IS NOT NULL")),
        Index("ix_posts_unpublished", "thread_id", "author_id", "id", **where("position IS NULL")),
        # what is owed after a commit: found by the worker without reading the table
        Index("ix_posts_index_owed", "id", **where("indexed_version <> index_version")),
        Index("ix_posts_notices_owed", "id", **where("notified_at IS NULL AND state = 'visible'")),
        Index("ix_posts_corrections_owed", "id", **where("correction_told_at IS NULL AND corrected_at IS NOT NULL")),
        Index("ix_posts_parent_id", "parent_id", "id", **where("parent_id IS NOT NULL")),
        # looked up when somebody's account is deleted
        Index("ix_posts_state_by_id", "state_by_id", **where("state_by_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    position: Mapped[int | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    plain: Mapped[str] = mapped_column(Text, deferred=True)
    render_version: Mapped[int]
    lang: Mapped[str] = mapped_column(String(10), default="")
    state: Mapped[str] = mapped_column(String(10), default=State.VISIBLE)
    state_reason: Mapped[str] = mapped_column(String(40), default="")
    state_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    state_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    edited_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revision: Mapped[int] = mapped_column(default=1)
    # a moderator made this revision by cutting something out; what stood before is for its author and moderators
    redacted_revision: Mapped[int | None]
    redacted_rule: Mapped[str] = mapped_column(String(20), default="", server_default="")
    # an expert's answer: its sources (threads/sources.py), and the note of its latest correction
    sources: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    correction: Mapped[str] = mapped_column(String(500), default="", server_default="")
    corrected_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    correction_told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    score: Mapped[int] = mapped_column(default=0)
    index_version: Mapped[int] = mapped_column(default=1)
    indexed_version: Mapped[int] = mapped_column(default=0)
    notified_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    form_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    source_id: Mapped[str | None] = mapped_column(String(100), unique=True)

    thread: Mapped[Thread] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    credential: Mapped[Credential | None] = relationship()

    @property
    def is_opening(self) -> bool:
        """Whether it is the first post of its thread (a held opening has no place yet, like any held post)."""
        return self.position == 1

    @property
    def is_visible(self) -> bool:
        """Whether everybody who sees the thread sees its text."""
        return self.state == State.VISIBLE

    @property
    def is_redacted(self) -> bool:
        """Whether a moderator has cut something out of it, and that stands."""
        return self.redacted_revision is not None

    @property
    def is_hidden_by_flags(self) -> bool:
        """Whether the program has hidden it and no moderator has looked yet."""
        return self.state == State.HIDDEN and self.state_reason == BY_FLAGS


@event.listens_for(Post, "before_update")
def _tell_its_thread(_mapper: object, connection: Connection, post: Post) -> None:
    """Let kept pages know which thread's these are: the statement will name the post alone (ADR 35)."""
    if "thread_id" in post.__dict__:
        stands_in(connection, post.id, post.thread_id)


class ChosenAnswer(Base):
    """*The* answer to a question: which expert's, who chose it and when; locked, only moderators change it."""

    __tablename__ = "chosen_answers"
    __table_args__ = (
        Index("ix_chosen_answers_chosen_by_id", "chosen_by_id"),
        Index("ix_chosen_answers_locked_by_id", "locked_by_id", **where("locked_by_id IS NOT NULL")),
    )

    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), unique=True)
    chosen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    chosen_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    locked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    thread: Mapped[Thread] = relationship(back_populates="chosen")
    post: Mapped[Post] = relationship()

    @property
    def is_locked(self) -> bool:
        """Whether only moderators may change the choice."""
        return self.locked_at is not None
