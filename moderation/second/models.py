"""SecondLook: a decision that was drawn for a second opinion, and the opinion."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.database import Base, UTCDateTime
from moderation.models import Decision


class SecondLook(Base):
    """One drawn decision. `week` is the Monday of the week in which it was taken; `outcome` what another would do.

    `first_decider_id` refers to the decision with both columns, so that the database itself refuses one's own case.
    """

    __tablename__ = "second_looks"
    __table_args__ = (
        ForeignKeyConstraint(["decision_id", "first_decider_id"], ["decisions.id", "decisions.decider_id"]),
        CheckConstraint("looker_id IS NULL OR looker_id <> first_decider_id", name="by_another"),
        Index("ix_second_looks_week", "week"),
        Index("ix_second_looks_looker_id_id", "looker_id", "id"),
        Index(
            "ix_second_looks_waiting",
            "id",
            sqlite_where=text("answered_at IS NULL"),
            postgresql_where=text("answered_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(unique=True)
    first_decider_id: Mapped[int]
    week: Mapped[datetime] = mapped_column(UTCDateTime)
    looker_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outcome: Mapped[str] = mapped_column(String(20), default="")
    rule: Mapped[str] = mapped_column(String(20), default="")
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    decision: Mapped[Decision] = relationship()
