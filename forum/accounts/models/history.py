"""What an account was before: its roles and its user names."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, now


class RoleGrant(Base):
    """A change of somebody's role: who, by whom, when, from what to what."""

    __tablename__ = "role_grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    former: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class NameChange(Base):
    """A user name that somebody bore before: their old address leads to the new one, and nobody else may take it."""

    __tablename__ = "name_changes"
    __table_args__ = (Index("ix_name_changes_user_id_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    former: Mapped[str] = mapped_column(String(40))
    former_key: Mapped[str] = mapped_column(String(80), index=True)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
