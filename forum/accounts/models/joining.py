"""Rows about joining: invitations, and what somebody agreed to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from forum.accounts.models.indexes import some
from forum.core.database import Base, UTCDateTime, now


class Invitation(Base):
    """An invitation to sign up, for one person; who invited whom is kept."""

    __tablename__ = "invitations"
    __table_args__ = (some("ix_invitations_used_by_id", "used_by_id", where="used_by_id IS NOT NULL"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)
    inviter_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    note: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    used_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Consent(Base):
    """Somebody accepted a version of the terms or the privacy notice."""

    __tablename__ = "consents"
    __table_args__ = (UniqueConstraint("user_id", "document", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    document: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    language: Mapped[str] = mapped_column(String(10), default="")
    given_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
