"""Purge: who took a post's words away for good, on what grounds, and whether the files are clean already."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now


class Ground(enum.StrEnum):
    """Why words may not even be kept: the public log says which."""

    ORDER = "order"
    ILLEGAL = "illegal"
    PRIVACY = "privacy"


class Purge(Base):
    """One post's words are gone. `reason` is for the administrators; `swept_at` None: files still owe it (sweeping)."""

    __tablename__ = "purges"
    __table_args__ = (
        Index("ix_purges_by_id", "by_id"),
        Index("ix_purges_owed", "id", sqlite_where=text("swept_at IS NULL"), postgresql_where=text("swept_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), unique=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ground: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(2000))
    purged_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    swept_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    by: Mapped[User] = relationship()
