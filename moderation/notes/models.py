"""CaseNote: a line from one moderator to the others about a case; neither its author nor who flagged sees it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now
from moderation.models import Case


class CaseNote(Base):
    """What a moderator noted about a case; it is never edited. `to_id`: to whom the case was handed with it."""

    __tablename__ = "case_notes"
    __table_args__ = (
        Index("ix_case_notes_case_id_id", "case_id", "id"),
        Index("ix_case_notes_author_id_id", "author_id", "id"),
        Index("ix_case_notes_to_id", "to_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)

    case: Mapped[Case] = relationship()
    author: Mapped[User] = relationship(foreign_keys=[author_id])
    to: Mapped[User | None] = relationship(foreign_keys=[to_id])
