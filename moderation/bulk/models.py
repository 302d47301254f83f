"""BulkAct: one decision that was taken about several cases at once, and what became of each."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now


class Result(enum.StrEnum):
    """What became of one case of a bulk act."""

    DECIDED = "decided"
    CHANGED = "changed"  # decided, flagged, edited or claimed by another meanwhile
    REFUSED = "refused"  # not theirs to decide
    MISSING = "missing"


class BulkAct(Base):
    """A decision about several cases: its words, `lines` as [[case id, result, decision id or null]], its reversal."""

    __tablename__ = "bulk_acts"
    __table_args__ = (
        Index("ix_bulk_acts_maker_id_made_at", "maker_id", "made_at"),
        Index("ix_bulk_acts_reversed_by_id", "reversed_by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    maker_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(String(2000))
    asked: Mapped[int]
    lines: Mapped[list[list[int | str | None]]] = mapped_column(JSON, default=list)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    reversed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reversed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    maker: Mapped[User] = relationship(foreign_keys=[maker_id])

    @property
    def decided(self) -> int:
        """How many of the cases were decided."""
        return sum(result == Result.DECIDED for _case, result, _decision in self.lines)
