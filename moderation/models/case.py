"""Case, Decision, Strike: what is to be decided about one thing, how it ended, and what stays in a record."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.config import APPEAL_WINDOW, CLAIM_LIFETIME
from forum.core.database import Base, UTCDateTime, now
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, State
from moderation.models.indexes import INDEXES
from moderation.models.kinds import Kind, where


class Case(Base):
    """What is to be decided about one thing: one open case, however many flags, with the text as it was then.

    A case about a thread is about its opening post, which the thread stands and falls with, and is told from a case
    about that post alone by its `kind`. A case about a profile is about `author_id`, has no post and no sub-theme
    (`post` and `subtheme` are None: ask `kind` first), and its "revision" is a number made from what the profile says
    (profiles.contents); `frozen_facts` is what it said beside the words about themselves, of an expert's answer its
    sources and its correction note.

    `lang` is the post's as it was flagged, `rule` the one that most weighs among the flags ("" without any);
    `score` sorts the queue and never changes with time (see scoring); `version` grows with each flag that joins;
    `decided_revision` is the post's revision that the decision was about. `hidden_at` says that the program has hidden
    the post because of flags, until a moderator looks, and `before_hiding` how it stood then.
    """

    __tablename__ = "cases"
    __table_args__ = INDEXES

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), default=Kind.POST, server_default=Kind.POST)
    post_id: Mapped[int | None] = mapped_column(ForeignKey("posts.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subtheme_id: Mapped[int | None] = mapped_column(ForeignKey("subthemes.id"))
    source: Mapped[str] = mapped_column(String(20))
    held_reason: Mapped[str] = mapped_column(String(40), default="")
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    score: Mapped[float] = mapped_column(default=0.0)
    flag_count: Mapped[int] = mapped_column(default=0)
    comes_first: Mapped[bool] = mapped_column(default=False, server_default=false())  # somebody young is concerned
    version: Mapped[int] = mapped_column(default=1)
    lang: Mapped[str] = mapped_column(String(10), default="", server_default="")
    rule: Mapped[str] = mapped_column(String(20), default="", server_default="")
    frozen_revision: Mapped[int]
    frozen_title: Mapped[str] = mapped_column(String(200))
    frozen_author: Mapped[str] = mapped_column(String(40))
    frozen_body: Mapped[str] = mapped_column(Text)
    frozen_html: Mapped[str] = mapped_column(Text)
    frozen_facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    claimed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    claimed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_revision: Mapped[int | None]
    hidden_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    before_hiding: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")  # of the screens
    learned: Mapped[float | None]  # how likely it is decided against, as the ranker has it …
    learned_by: Mapped[int] = mapped_column(default=0, server_default="0")  # … by which of its models; 0: none
    forget_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the author left with their words: when these go

    post: Mapped[Post | None] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    subtheme: Mapped[SubTheme | None] = relationship()
    claimed_by: Mapped[User | None] = relationship(foreign_keys=[claimed_by_id])
    decision: Mapped[Decision | None] = relationship(back_populates="case")

    @property
    def is_about_post(self) -> bool:
        """Whether it is about a single post."""
        return self.kind == Kind.POST

    @property
    def is_about_person(self) -> bool:
        """Whether it is about a profile: then there is no post."""
        return self.kind == Kind.PROFILE

    @property
    def the_post(self) -> Post:
        """The post, of a thread the opening one; LookupError for a profile, which has none: ask `kind` first."""
        if self.post is None:
            raise LookupError("a case about a profile has no post")
        return self.post

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.decided_at is None

    @property
    def holder_id(self) -> int | None:
        """Who holds the claim now; a claim older than CLAIM_LIFETIME is free again."""
        if self.claimed_at is None or now() - self.claimed_at > CLAIM_LIFETIME:
            return None
        return self.claimed_by_id

    @property
    def free_again_at(self) -> datetime | None:
        """When the claim of whoever holds the case runs out; None when nobody does."""
        return self.claimed_at + CLAIM_LIFETIME if self.holder_id and self.claimed_at else None


class Decision(Base):
    """The one decision on a case: outcome, rule and the reason that the author reads.

    `undo` is what it found and changed (see effects); `reversed_at` says that it was taken back and counts nowhere.
    `log_seq` is its row in the public log: for whom it concerns, since the row of a sanction tells no case.
    """

    __tablename__ = "decisions"
    __table_args__ = (
        Index("ix_decisions_decider_id_id", "decider_id", "id"),
        Index("ix_decisions_decided_at_decider_id", "decided_at", "decider_id"),
        Index("ix_decisions_bulk_id", "bulk_id", **where("bulk_id IS NOT NULL")),
        UniqueConstraint("id", "decider_id"),  # what an appeal's copy of the first decider refers to
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"), unique=True)
    decider_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(20), default="")
    rules_version: Mapped[int] = mapped_column(default=1, server_default="1")  # of which `rule` is one
    reason: Mapped[str] = mapped_column(String(2000))
    suspended_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    silenced_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decided_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    bulk_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_acts.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")  # minutes, place: the order
    undo: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    reversed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    log_seq: Mapped[int | None]

    case: Mapped[Case] = relationship(back_populates="decision")
    strike: Mapped[Strike | None] = relationship(back_populates="decision")
    decider: Mapped[User] = relationship()

    @property
    def stands(self) -> bool:
        """Whether nobody has taken it back."""
        return self.reversed_at is None

    @property
    def appealable_until(self) -> datetime:
        """Until when somebody may appeal against it."""
        return self.decided_at + APPEAL_WINDOW

    @property
    def came_after_deletion(self) -> bool:
        """Whether the author had deleted the post already when it was decided; what is deleted stays so for ever."""
        if self.case.kind != Kind.POST:
            return False
        post = self.case.the_post
        return post.state == State.DELETED and post.state_at is not None and post.state_at <= self.decided_at


class Strike(Base):
    """A decision on somebody's account stays in their record: warned, hidden, removed, suspended.

    One that was taken back stays there too, overruled: then it counts nowhere.
    """

    __tablename__ = "strikes"
    __table_args__ = (Index("ix_strikes_user_id_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    overruled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    decision: Mapped[Decision] = relationship(back_populates="strike")
