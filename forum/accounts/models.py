"""Rows about people and facts about them: User, RoleGrant, Session."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.config import NEWCOMER_POSTS, YOUNG_ACCOUNT
from forum.core.database import Base, UTCDateTime, now


class Role(enum.StrEnum):
    """What somebody may do beyond taking part. An expert is a netizen who holds a credential."""

    NETIZEN = "netizen"
    MODERATOR = "moderator"
    ADMIN = "admin"


class User(Base):
    """One account. `username` is how it was chosen, `username_key` its look-alike skeleton, unique."""

    __tablename__ = "users"
    __table_args__ = (
        Index(
            "ix_users_role",
            "role",
            sqlite_where=text("role <> 'netizen'"),
            postgresql_where=text("role <> 'netizen'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    # "C": sorted by bytes on every engine, so that its unique index also serves the search by the name's beginning
    username_key: Mapped[str] = mapped_column(
        String(80).with_variant(String(80, collation="C"), "postgresql"), unique=True
    )
    email: Mapped[str | None] = mapped_column(String(320))
    email_key: Mapped[str | None] = mapped_column(String(320), unique=True)
    password_hash: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[str] = mapped_column(String(20), default=Role.NETIZEN)
    is_expert: Mapped[bool] = mapped_column(default=False)
    display_name: Mapped[str] = mapped_column(String(40), default="")
    bio: Mapped[str] = mapped_column(Text, default="")
    bio_html: Mapped[str] = mapped_column(Text, default="")
    render_version: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(10), default="")
    timezone: Mapped[str] = mapped_column(String(60), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    suspended_until: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_count: Mapped[int] = mapped_column(default=0)
    source_id: Mapped[str | None] = mapped_column(String(100), unique=True)

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the account may take part (flask-login's word)."""
        return not self.is_suspended

    @property
    def is_suspended(self) -> bool:
        """Whether a suspension is in force now."""
        return self.suspended_until is not None and self.suspended_until > now()

    @property
    def is_admin(self) -> bool:
        """Whether the person administers the forum."""
        return self.role == Role.ADMIN

    @property
    def is_moderator(self) -> bool:
        """Whether the person moderates; an admin does too."""
        return self.role in (Role.MODERATOR, Role.ADMIN)

    @property
    def is_newcomer(self) -> bool:
        """Whether the person's posts are still held for review: fewer than three have been published."""
        return self.published_count < NEWCOMER_POSTS and not self.is_moderator and not self.is_expert

    @property
    def is_young(self) -> bool:
        """Whether the account is under a day old."""
        return now() - self.created_at < YOUNG_ACCOUNT

    @property
    def name(self) -> str:
        """The name to show: the chosen display name, else the username."""
        return self.display_name or self.username

    def get_id(self) -> str:
        """Return the id as text (flask-login)."""
        return str(self.id)


class Visitor:
    """Somebody who is not signed in, with the same questions answered as a User."""

    id: int | None = None
    username = ""
    language = ""
    timezone = ""
    role = "visitor"
    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_suspended = False
    is_expert = False
    is_moderator = False
    is_admin = False
    is_newcomer = False

    def get_id(self) -> None:
        """Return None: there is no account (flask-login)."""


Person = User | Visitor | Any  # Any: flask-login's proxy of the current user


class RoleGrant(Base):
    """A change of somebody's role: who, by whom, when, from what to what."""

    __tablename__ = "role_grants"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    former: Mapped[str] = mapped_column(String(20))
    role: Mapped[str] = mapped_column(String(20))
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Session(Base):
    """A device that is signed in. Only the hash of its token is kept; ending it is seen by every process at once."""

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)
