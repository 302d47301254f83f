"""Conversation, its members, Message."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now


class Conversation(Base):
    """A talk between a few people; who started it decides what adults and young people may do in it."""

    __tablename__ = "conversations"
    __table_args__ = (Index("ix_conversations_started_by_id_id", "started_by_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    started_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    last_message_id: Mapped[int] = mapped_column(default=0)


class Member(Base):
    """Somebody in a conversation: how far they have read, and whether they left. `moved_at` orders their list."""

    __tablename__ = "conversation_members"
    __table_args__ = (Index("ix_conversation_members_list", "user_id", "moved_at", "conversation_id"),)

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    joined_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    left_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    moved_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    read_id: Mapped[int] = mapped_column(default=0)  # the last message that they have seen
    unread: Mapped[int] = mapped_column(default=0)

    conversation: Mapped[Conversation] = relationship()
    user: Mapped[User] = relationship()


class Message(Base):
    """One message; a deleted one keeps its place and loses its text."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_conversation_id_id", "conversation_id", "id"),
        Index("ix_messages_author_id_id", "author_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    body: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    render_version: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    form_token: Mapped[str | None] = mapped_column(String(64), unique=True)

    conversation: Mapped[Conversation] = relationship()
    author: Mapped[User] = relationship()
