"""Flag, FlagMark, Case, FrozenPicture, Decision, Strike: rows and facts about them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.config import CLAIM_LIFETIME
from forum.core.database import Base, UTCDateTime, now
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, State


class Kind(enum.StrEnum):
    """What a case is about: one post; a thread as a whole, with its title; or what somebody says of themselves."""

    POST = "post"
    THREAD = "thread"
    PROFILE = "profile"


class Outcome(enum.StrEnum):
    """What a moderator decided. KEEP of a held post publishes it; CLEAR empties parts of a profile."""

    KEEP = "keep"
    EDIT_OUT = "edit_out"
    HIDE = "hide"
    REMOVE = "remove"
    CLEAR = "clear"
    LOCK = "lock"
    SLOW = "slow"
    MOVE = "move"
    WARN = "warn"
    SILENCE = "silence"
    SUSPEND = "suspend"
    CLOSE = "close"


class Source(enum.StrEnum):
    """Why a case exists: flags, a post that the screening held or published with a watched word, or an appeal.

    The last kind is opened where a decision to keep is overturned, and decided in one breath by whoever answers the
    appeal; it never waits in the queue.
    """

    FLAGS = "flags"
    SCREENING = "screening"
    WATCHED = "watched"
    APPEAL = "appeal"


class Alike(enum.StrEnum):
    """In what people are alike whose flags count as one, the plainest sign first. Visitors: they came in one hour."""

    NETWORK = "network"
    JOINED = "joined"
    TARGETS = "targets"
    VISITED = "visited"


def where(condition: str) -> dict[str, Any]:
    """Return the arguments that make an index partial on both engines."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


_OPEN = where("decided_at IS NULL")


class Case(Base):
    """What is to be decided about one thing: one open case, however many flags, with the text as it was then.

    A case about a thread is about its opening post, which the thread stands and falls with, and is told from a case
    about that post alone by its `kind`. A case about a profile is about `author_id`, has no post and no sub-theme
    (`post` and `subtheme` are None: ask `kind` first), and its "revision" is a number made from what the profile says
    (profiles.contents); `frozen_facts` is what it said beside the words about themselves.

    `lang` is the post's as it was flagged, `rule` the one that most weighs among the flags ("" without any);
    `score` sorts the queue and never changes with time (see scoring); `version` grows with each flag that joins;
    `decided_revision` is the post's revision that the decision was about. `hidden_at` says that the program has hidden
    the post because of flags, until a moderator looks, and `before_hiding` how it stood then.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("uq_cases_open_target", "post_id", "kind", unique=True, **_OPEN),
        Index("uq_cases_open_profile", "author_id", unique=True, **where("decided_at IS NULL AND kind = 'profile'")),
        CheckConstraint(
            "(kind = 'profile' AND post_id IS NULL AND subtheme_id IS NULL) OR "
            "(kind IN ('post', 'thread') AND post_id IS NOT NULL AND subtheme_id IS NOT NULL)",
            name="about_one_thing",
        ),
        # the queue and its filters, most urgent first; a filter by both reads one sub-theme's open cases
        Index("ix_cases_queue", "score", "id", **_OPEN),
        Index("ix_cases_queue_subtheme", "subtheme_id", "score", "id", **_OPEN),
        Index("ix_cases_queue_source", "source", "score", "id", **_OPEN),
        Index("ix_cases_queue_lang", "lang", "score", "id", **_OPEN),
        Index("ix_cases_queue_rule", "rule", "score", "id", **_OPEN),
        Index("ix_cases_queue_kind", "kind", "score", "id", **_OPEN),
        # who holds what: a case is claimed for half an hour, so these are few
        Index("ix_cases_claims", "claimed_at", **where("decided_at IS NULL AND claimed_at IS NOT NULL")),
        Index("ix_cases_post_id", "post_id"),
        # looked up when somebody's account is deleted
        Index(
            "ix_cases_claimed_by_id",
            "claimed_by_id",
            sqlite_where=text("claimed_by_id IS NOT NULL"),
            postgresql_where=text("claimed_by_id IS NOT NULL"),
        ),
        Index("ix_cases_author_id", "author_id", "id"),
        # decided ones only: SQLite would take it for "decided_at IS NULL" too, and sort the whole queue
        Index("ix_cases_decided", "decided_at", "id", **where("decided_at IS NOT NULL")),
        # a month's figures, and the case that has waited longest
        Index("ix_cases_opened_at", "opened_at"),
        Index("ix_cases_waiting", "opened_at", "id", **_OPEN),
        # evidence whose author has left, until nobody can appeal any more
        Index("ix_cases_forget_at", "forget_at", "id", **where("forget_at IS NOT NULL")),
        # which of them another model of the ranker has read, or none
        Index("ix_cases_learned_by", "learned_by", "id", **where("decided_at IS NULL AND post_id IS NOT NULL")),
        Index("ix_cases_waiting_subtheme", "subtheme_id", "opened_at", "id", **_OPEN),
    )

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

    post: Mapped[Post] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    subtheme: Mapped[SubTheme] = relationship()
    claimed_by: Mapped[User | None] = relationship(foreign_keys=[claimed_by_id])
    decision: Mapped[Decision | None] = relationship(back_populates="case")
    flags: Mapped[list[Flag]] = relationship(back_populates="case", order_by="Flag.id")

    @property
    def is_about_post(self) -> bool:
        """Whether it is about a single post."""
        return self.kind == Kind.POST

    @property
    def is_about_person(self) -> bool:
        """Whether it is about a profile: then there is no post."""
        return self.kind == Kind.PROFILE

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


class Flag(Base):
    """Somebody says that a post, a thread or a profile breaks a rule. `weight`: what it counted when sent (scoring).

    `kin` numbers the people of a case who look alike (see likeness), `alike` says in what, and of each group only the
    flag that `counts` adds its weight. `trust` is what it weighs towards hiding the post, in the text of `revision`.
    `upheld` is None until the case is decided. Without a `flagger` a visitor has sent it (see visitors).
    """

    __tablename__ = "flags"
    __table_args__ = (
        UniqueConstraint("case_id", "flagger_id"),
        Index("ix_flags_flagger_id_id", "flagger_id", "id"),
        # who counts in a group, and whose flags can hide: few, however many flags a case has
        Index("ix_flags_counting", "case_id", "kin", **where("counts")),
        Index("ix_flags_trusted", "case_id", "kin", **where("trust > 0")),
        Index("ix_flags_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    flagger_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    weight: Mapped[float] = mapped_column(default=1.0)
    kin: Mapped[int] = mapped_column(default=0, server_default="0")
    alike: Mapped[str] = mapped_column(String(10), default="", server_default="")
    counts: Mapped[bool] = mapped_column(default=True, server_default=true())
    trust: Mapped[float] = mapped_column(default=0.0, server_default="0")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    upheld: Mapped[bool | None]

    case: Mapped[Case] = relationship(back_populates="flags")
    flagger: Mapped[User | None] = relationship()


class FrozenPicture(Base):
    """A picture that was flagged with its profile, one row a size: evidence, whatever became of the picture since."""

    __tablename__ = "frozen_pictures"
    __table_args__ = (UniqueConstraint("name", "size"), Index("ix_frozen_pictures_user_id", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(32))  # as User.avatar had it
    size: Mapped[int]  # pixels of the square's side
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class FlagMark(Base):
    """By what flags on an open case are recognised as alike: a keyed hash, and the group that has it (see likeness)."""

    __tablename__ = "flag_marks"
    __table_args__ = (UniqueConstraint("case_id", "mark"), Index("ix_flag_marks_kin", "kin"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    mark: Mapped[str] = mapped_column(String(32))
    kin: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


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
    decider: Mapped[User] = relationship()

    @property
    def stands(self) -> bool:
        """Whether nobody has taken it back."""
        return self.reversed_at is None

    @property
    def came_after_deletion(self) -> bool:
        """Whether the author had deleted the post already when it was decided; what is deleted stays so for ever."""
        if self.case.kind != Kind.POST:
            return False
        post = self.case.post
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

    decision: Mapped[Decision] = relationship()
