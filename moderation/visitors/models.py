"""VisitorFlag, MailRefusal: a visitor's flag with the address to write to, and addresses that want no such letters."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.database import Base, UTCDateTime, now
from forum.threads.models import Post
from moderation.models import Flag, where

WAITS_FOR = timedelta(days=1)  # for its letter to be opened; then it is forgotten


class VisitorFlag(Base):
    """What a visitor flagged. It counts nothing until `flag` is there: then rule and note stand in that.

    `address` goes when the matter is over, "" already where its owner wants no letters; `mark` is the address as it is
    compared, a keyed hash (links.mark_of). `form_key` marks the form, whose work counts once; `network` is where it
    came from, kept until it is confirmed. `told_at`: the letter about the decision is owed.
    """

    __tablename__ = "visitor_flags"
    __table_args__ = (
        Index("ix_visitor_flags_waiting", "created_at", **where("flag_id IS NULL")),
        Index("ix_visitor_flags_untold", "flag_id", **where("told_at IS NULL AND flag_id IS NOT NULL")),
        Index("ix_visitor_flags_told_at", "told_at", **where("told_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(1000), default="")
    address: Mapped[str] = mapped_column(String(320))
    mark: Mapped[str] = mapped_column(String(64), index=True)
    language: Mapped[str] = mapped_column(String(10), default="")
    network: Mapped[str] = mapped_column(String(50), default="")
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    flag_id: Mapped[int | None] = mapped_column(ForeignKey("flags.id"), unique=True)
    told_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    post: Mapped[Post] = relationship()
    flag: Mapped[Flag | None] = relationship()

    @property
    def is_waiting(self) -> bool:
        """Whether its letter can still be opened and nobody has confirmed it."""
        return self.flag_id is None and now() < self.created_at + WAITS_FOR


class MailRefusal(Base):
    """An address that is never written to again about flags of visitors: only its mark (links.mark_of)."""

    __tablename__ = "mail_refusals"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)
    refused_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
