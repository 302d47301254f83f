"""Rows about young people: their guardian's yes, and changes of the age band."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.accounts.models.indexes import some
from forum.core.database import Base, UTCDateTime, now


class Guardian(Base):
    """Whom a child under 14 named as parent or guardian, and their yes. The address is gone once it was said."""

    __tablename__ = "guardians"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(320), default="", server_default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    agreed: Mapped[str] = mapped_column(String(60), default="", server_default="")  # versions, as in User.agreed


class AgeChange(Base):
    """Somebody's age band was changed after they joined: by themselves, once, when they turned 18, or by an admin."""

    __tablename__ = "age_changes"
    __table_args__ = (
        Index("ix_age_changes_user_id", "user_id", "id"),
        some("ix_age_changes_changed_by_id", "changed_by_id", where="changed_by_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
