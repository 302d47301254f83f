"""Rows about signing in: devices that are signed in, browsers known, links sent by mail."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models.indexes import some
from forum.accounts.models.user import User
from forum.core.database import Base, UTCDateTime, now


class Session(Base):
    """A device that is signed in. Only the hash of its token is kept; ending it is seen by every process at once."""

    __tablename__ = "sessions"
    # addresses that are still to be cut
    __table_args__ = (
        some("ix_sessions_whole_address", "expires_at", where="address <> '' AND address NOT LIKE '%/%'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    address: Mapped[str] = mapped_column(String(45), default="", server_default="")
    means: Mapped[str] = mapped_column(String(12), default="password", server_default="password")
    proved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the person last showed that it is them
    has_second_factor: Mapped[bool] = mapped_column(default=False, server_default=false())
    factor_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when they last showed a second factor
    device_id: Mapped[int | None] = mapped_column(ForeignKey("known_devices.id"))

    user: Mapped[User] = relationship(lazy="joined", innerjoin=True)


class KnownDevice(Base):
    """A browser on which the person has signed in before; nobody's guessing elsewhere keeps them out on it."""

    __tablename__ = "known_devices"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64))
    user_agent: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    used_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now, index=True)

    __table_args__ = (UniqueConstraint("token_hash", "user_id"),)


class OneTimeLink(Base):
    """A link sent by mail that works once: to confirm an address, to set a new password, to change the address."""

    __tablename__ = "one_time_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    purpose: Mapped[str] = mapped_column(String(20))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(320))  # the mail address that it was made for
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
