"""Appeal: one objection to one decision, and what somebody else than its decider answered."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now
from moderation.models import Decision, Outcome

# for so long somebody may appeal: Mastodon's (design/field-notes.md); checks.md M-7 restores on day 19 of 20
POSSIBLE_FOR = timedelta(days=20)


class State(enum.StrEnum):
    """It waits; the decision stands; or the decision was overturned."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


# what the database itself asks of every appeal, whatever it is about
BY_ANOTHER = "decider_id IS NULL OR decider_id <> first_decider_id"
WITH_REPLY = (
    "(state = 'open' AND decider_id IS NULL AND decided_at IS NULL) OR (state IN ('upheld', 'overturned') "
    "AND decider_id IS NOT NULL AND decided_at IS NOT NULL AND reply <> '')"
)


class Appeal(Base):
    """One appeal a decision. `first_decider_id` is a copy that can't lie: with the decision it refers to both columns.

    That is why the database itself can refuse a decider who took the decision. Neither number ever moves in a merge of
    accounts. (The decider and the appellant could become one person in a merge, long afterwards: no constraint there.)
    `version` grows when it is decided.
    """

    __tablename__ = "appeals"
    __table_args__ = (
        ForeignKeyConstraint(["decision_id", "first_decider_id"], ["decisions.id", "decisions.decider_id"]),
        CheckConstraint(BY_ANOTHER, name="decided_by_another"),
        CheckConstraint(WITH_REPLY, name="decided_with_reply"),
        # the queue, oldest first
        Index("ix_appeals_open", "id", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("ix_appeals_appellant_id_id", "appellant_id", "id"),
        Index("ix_appeals_decider_id_id", "decider_id", "id"),
        # a month's figures
        Index("ix_appeals_created_at", "created_at"),
        Index(
            "ix_appeals_decided_at",
            "decided_at",
            sqlite_where=text("decided_at IS NOT NULL"),
            postgresql_where=text("decided_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(unique=True)
    first_decider_id: Mapped[int]
    appellant_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    state: Mapped[str] = mapped_column(String(12), default=State.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reply: Mapped[str] = mapped_column(String(2000), default="")

    decision: Mapped[Decision] = relationship()
    appellant: Mapped[User] = relationship(foreign_keys=[appellant_id])
    decider: Mapped[User | None] = relationship(foreign_keys=[decider_id])

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.state == State.OPEN

    @property
    def is_by_author(self) -> bool:
        """Whether the post's author appeals, against a decision against them."""
        return self.appellant_id == self.decision.case.author_id

    @property
    def is_by_flagger(self) -> bool:
        """Whether somebody appeals against a "keep" who flagged it; else the author, or who began the thread."""
        return self.decision.outcome == Outcome.KEEP
