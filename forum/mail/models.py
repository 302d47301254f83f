"""Mail: one letter that is owed, was sent, or could not be."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, now


class State(enum.StrEnum):
    """Owed and tried until sent; failed when refused for good or too often; dropped when not due any more."""

    OWED = "owed"
    SENT = "sent"
    FAILED = "failed"
    DROPPED = "dropped"


class Mail(Base):
    """One letter to one address. `key` names its cause, so that it is owed once; no secret stands in `facts`."""

    __tablename__ = "mails"
    __table_args__ = (
        Index(
            "ix_mails_owed",
            "next_at",
            "id",
            sqlite_where=text("state = 'owed'"),
            postgresql_where=text("state = 'owed'"),
        ),
        Index("ix_mails_created_at", "created_at"),
        Index("ix_mails_user_id_id", "user_id", "id"),
        # how often somebody was written to, whoever asked for it
        Index("ix_mails_address_key", "address_key", "template", "sent_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    address: Mapped[str] = mapped_column(String(320))
    address_key: Mapped[str] = mapped_column(String(320), default="", server_default="")  # as addresses are compared
    language: Mapped[str] = mapped_column(String(10), default="")
    template: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(20), default="")  # "" = of the account; else one may unsubscribe from it
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default=State.OWED)
    attempts: Mapped[int] = mapped_column(default=0)
    first_tried_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    next_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    error: Mapped[str] = mapped_column(String(300), default="")
