"""What belongs to a post beside its text: whom it names, and its former texts."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, now


class PostMention(Base):
    """Somebody is named in a post by @name; who is to be told once it is published."""

    __tablename__ = "post_mentions"
    __table_args__ = (Index("ix_post_mentions_user_id_post_id", "user_id", "post_id"),)

    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)


class Revision(Base):
    """A former text of a post: `number` 1 is the first one written. The current text stands in the post."""

    __tablename__ = "revisions"
    __table_args__ = (
        Index("uq_revisions_post_id_number", "post_id", "number", unique=True),
        Index("ix_revisions_replaced_by_id", "replaced_by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(ForeignKey("posts.id"))
    number: Mapped[int]
    title: Mapped[str | None] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    sources: Mapped[list[dict[str, str]]] = mapped_column(JSON, default=list, server_default="[]")
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")  # why the next one took its place
    replaced_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    replaced_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
