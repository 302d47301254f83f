"""What every appeal is, an objection to one decision and what somebody else than its decider answered; and Appeal."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship
from sqlalchemy.schema import SchemaItem

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now
from moderation.models import Decision, Outcome


class State(enum.StrEnum):
    """It waits; the decision stands; or the decision was overturned."""

    OPEN = "open"
    UPHELD = "upheld"
    OVERTURNED = "overturned"


BY_ANOTHER = "decider_id IS NULL OR decider_id <> first_decider_id"
WITH_REPLY = (
    "(state = 'open' AND decider_id IS NULL AND decided_at IS NULL) OR (state IN ('upheld', 'overturned') "
    "AND decider_id IS NOT NULL AND decided_at IS NOT NULL AND reply <> '')"
)


def asked_of(table: str) -> tuple[SchemaItem, ...]:
    """Return what the database asks of every table of appeals, with the indexes of its queue and of people's own."""
    is_open = text("state = 'open'")
    return (
        CheckConstraint(BY_ANOTHER, name="decided_by_another"),
        CheckConstraint(WITH_REPLY, name="decided_with_reply"),
        # the queue, oldest first
        Index(f"ix_{table}_open", "id", sqlite_where=is_open, postgresql_where=is_open),
        Index(f"ix_{table}_appellant_id_id", "appellant_id", "id"),
        Index(f"ix_{table}_decider_id_id", "decider_id", "id"),
    )


class Objection(Base):
    """The columns of every appeal; each kind of decision has a table of its own, with one appeal a decision.

    `first_decider_id` is a copy that can't lie: the table refers with it and the decision's number to both columns of
    the decision. That is why the database itself can refuse a decider who took the decision. Neither number ever moves
    in a merge of accounts. (The decider and the appellant could become one person in a merge, long afterwards: no
    constraint there.) `version` grows when it is decided.
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    first_decider_id: Mapped[int]
    appellant_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    words: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    state: Mapped[str] = mapped_column(String(12), default=State.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reply: Mapped[str] = mapped_column(String(2000), default="")

    @declared_attr
    def appellant(cls) -> Mapped[User]:
        """Whoever appeals."""
        return relationship(User, foreign_keys=f"{cls.__name__}.appellant_id")

    @declared_attr
    def decider(cls) -> Mapped[User | None]:
        """Whoever answered, or None."""
        return relationship(User, foreign_keys=f"{cls.__name__}.decider_id")

    @property
    def is_open(self) -> bool:
        """Whether nobody has decided it yet."""
        return self.state == State.OPEN


class Appeal(Objection):
    """An appeal against a decision about a case."""

    __tablename__ = "appeals"
    __table_args__ = (
        ForeignKeyConstraint(["decision_id", "first_decider_id"], ["decisions.id", "decisions.decider_id"]),
        *asked_of("appeals"),
        # a month's figures
        Index("ix_appeals_created_at", "created_at"),
        Index(
            "ix_appeals_decided_at",
            "decided_at",
            sqlite_where=text("decided_at IS NOT NULL"),
            postgresql_where=text("decided_at IS NOT NULL"),
        ),
    )

    decision_id: Mapped[int] = mapped_column(unique=True)

    decision: Mapped[Decision] = relationship()

    @property
    def is_by_author(self) -> bool:
        """Whether the post's author appeals, against a decision against them."""
        return self.appellant_id == self.decision.case.author_id

    @property
    def is_by_flagger(self) -> bool:
        """Whether somebody appeals against a "keep" who flagged it; else the author, or who began the thread."""
        return self.decision.outcome == Outcome.KEEP
