"""DataExport: an archive of everything that is kept about somebody, made by the worker."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, now


class State(enum.StrEnum):
    """Asked for, being written, there to be fetched, gone after its time, could not be made."""

    OWED = "owed"
    WORKING = "working"
    READY = "ready"
    EXPIRED = "expired"
    FAILED = "failed"


class DataExport(Base):
    """One archive: `done` of `total` items are written; `file` is its name on the shelf of exports."""

    __tablename__ = "data_exports"
    __table_args__ = (
        Index("ix_data_exports_user_id_id", "user_id", "id"),
        Index(
            "ix_data_exports_owed",
            "id",
            sqlite_where=text("state IN ('owed', 'working')"),
            postgresql_where=text("state IN ('owed', 'working')"),
        ),
        Index("ix_data_exports_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[str] = mapped_column(String(10), default=State.OWED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    file: Mapped[str] = mapped_column(String(80), default="")
    size: Mapped[int] = mapped_column(default=0)  # bytes
    attempts: Mapped[int] = mapped_column(default=0)  # how often a maker began it
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    touched_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)  # a maker that died is found by it
    ready_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
