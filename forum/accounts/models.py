"""Rows about people and facts about them: User, RoleGrant, Session."""

from __future__ import annotations

import enum
import hashlib
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts import youth
from forum.config import NEWCOMER_POSTS, TOP_LEVEL, YOUNG_ACCOUNT
from forum.core.database import Base, IdList, UTCDateTime, now

SEALS = 14  # seven pigments, each cut out or drawn (static/css/components.css)


# What a profile consists of; each part is for everybody, or for the person and the admins only.
PROFILE_PARTS = ("bio", "sector", "place", "links", "speaks", "joined", "contributions")


def _private_at_first(context: Any) -> list[str]:
    """Young people show nothing of themselves until they choose to, whichever way their account is made."""
    care = youth.TABLE[context.get_current_parameters().get("age_band") or ""]
    return list(PROFILE_PARTS) if care.is_minor else []


class Role(enum.StrEnum):
    """What somebody may do beyond taking part. An expert is a netizen who holds a credential."""

    NETIZEN = "netizen"
    MODERATOR = "moderator"
    ADMIN = "admin"


class Standing(enum.StrEnum):
    """How far an account has come: its address unconfirmed; waiting for a moderator's yes; in use; left for good."""

    UNCONFIRMED = "unconfirmed"
    WAITING = "waiting"
    ACTIVE = "active"
    CLOSED = "closed"


def _some(name: str, *columns: str, where: str) -> Index:
    """Return an index of those rows only for which `where` holds, on both engines."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


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
        # those who wait: the moderators' list, and the sweep that forgets addresses never confirmed
        Index(
            "ix_users_standing",
            "standing",
            "id",
            sqlite_where=text("standing IN ('unconfirmed', 'waiting')"),
            postgresql_where=text("standing IN ('unconfirmed', 'waiting')"),
        ),
        Index(
            "ix_users_leaving",
            "leaving_at",
            sqlite_where=text("leaving_at IS NOT NULL"),
            postgresql_where=text("leaving_at IS NOT NULL"),
        ),
        # what the administration lists: newest, last seen, suspended, experts, by trust, closed, mail that comes back,
        # from one network (sorted by bytes, so that it serves the search by an address's beginning), unproved addresses
        Index("ix_users_created_at", "created_at", "id"),
        _some("ix_users_signed_in_at", "signed_in_at", "id", where="signed_in_at IS NOT NULL"),
        _some("ix_users_suspended", "suspended_until", "id", where="suspended_until IS NOT NULL"),
        _some("ix_users_experts", "id", where="is_expert"),
        _some("ix_users_staff", "id", where="role <> 'netizen'"),
        _some("ix_users_theme_moderators", "id", where="moderates <> ''"),
        Index("ix_users_trust_level", "trust_level", "id"),
        _some("ix_users_closed", "id", where="standing = 'closed'"),
        _some("ix_users_merging", "id", where="merging_into_id IS NOT NULL"),
        # whom somebody invited or let in: looked up when that one is deleted
        _some("ix_users_invited_by_id", "invited_by_id", where="invited_by_id IS NOT NULL"),
        _some("ix_users_approved_by_id", "approved_by_id", where="approved_by_id IS NOT NULL"),
        _some("ix_users_bounces", "id", where="bounces > 0"),
        _some("ix_users_signup_network", "signup_address", "id", where="signup_address <> ''"),
        _some("ix_users_unproved_email", "email", where="email_key IS NULL"),
        # addresses of sign-ups, until they are cut and then gone
        Index(
            "ix_users_signup_address",
            "created_at",
            sqlite_where=text("signup_address <> ''"),
            postgresql_where=text("signup_address <> ''"),
        ),
        _some(
            "ix_users_whole_signup_address",
            "created_at",
            where="signup_address <> '' AND signup_address NOT LIKE '%/%'",
        ),
        # regulars: their level is weighed also when they don't come any more
        Index(
            "ix_users_regulars",
            "id",
            sqlite_where=text("trust_level = 3"),
            postgresql_where=text("trust_level = 3"),
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

    standing: Mapped[str] = mapped_column(String(12), default=Standing.ACTIVE, server_default="active")
    confirmed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the address was shown to be theirs
    approved_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    signed_in_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the last time
    signup_address: Mapped[str] = mapped_column(
        String(45).with_variant(String(45, collation="C"), "postgresql"), default="", server_default=""
    )
    signup_key: Mapped[str | None] = mapped_column(
        String(64), unique=True
    )  # of the form, so that its proof counts once
    application: Mapped[str] = mapped_column(Text, default="", server_default="")  # why they want to join, if asked
    agreed: Mapped[str] = mapped_column(String(60), default="", server_default="")  # versions accepted (see documents)
    age_band: Mapped[str] = mapped_column(String(10), default="", server_default="")  # see youth.Band
    trust_level: Mapped[int] = mapped_column(default=0, server_default="0")
    quiet_hours: Mapped[str] = mapped_column(String(10), default="", server_default="")  # chosen ones, see quiet.HOURS
    mails_off: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")  # kinds not wanted by mail
    mails_on: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")  # kinds sent only if wanted
    bounces: Mapped[int] = mapped_column(default=0, server_default="0")  # mails that came back (accounts.mailing)
    bounced_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # the latest of them

    avatar: Mapped[str] = mapped_column(String(32), default="", server_default="")  # name of the files, "" = drawn
    sector: Mapped[str] = mapped_column(String(20), default="", server_default="")
    place: Mapped[str] = mapped_column(String(80), default="", server_default="")
    links: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    speaks: Mapped[str] = mapped_column(String(120), default="", server_default="")
    private: Mapped[list[str]] = mapped_column(JSON, default=_private_at_first, server_default="[]")  # parts not shown

    # ids of the sub-themes that they look after, besides any role; kept by subthemes/moderators.py
    moderates: Mapped[tuple[int, ...]] = mapped_column(IdList(400), default=(), server_default="")

    # another account of the same person takes over what this one has; None again when nothing is left
    merging_into_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    leaving_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the account will be deleted
    leaving_with: Mapped[str] = mapped_column(String(10), default="", server_default="")  # "name" or "posts"

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the account may take part (flask-login's word)."""
        return not self.is_suspended and not self.is_closed

    @property
    def is_closed(self) -> bool:
        """Whether the account was deleted: only its number and what stands in the public log are left."""
        return self.standing == Standing.CLOSED

    @property
    def is_confirmed(self) -> bool:
        """Whether the account may write: it waits for no confirmation of its address."""
        return self.standing not in (Standing.UNCONFIRMED, Standing.CLOSED)

    @property
    def is_approved(self) -> bool:
        """Whether what the account writes needs no moderator's yes to the account first."""
        return self.standing not in (Standing.UNCONFIRMED, Standing.WAITING, Standing.CLOSED)

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
        """Whether the person moderates the whole forum; an admin does too."""
        return self.role in (Role.MODERATOR, Role.ADMIN)

    @property
    def is_staff(self) -> bool:
        """Whether the person moderates anything: the whole forum, or some of its sub-themes."""
        return self.is_moderator or bool(self.moderates)

    @property
    def is_newcomer(self) -> bool:
        """Whether the person's posts are still held for review: nothing earned by three posts, nor by reading."""
        return self.published_count < NEWCOMER_POSTS and self.standing_level < 1

    @property
    def standing_level(self) -> int:
        """The trust level that limits and holds go by: staff and experts were trusted by a person already."""
        return TOP_LEVEL if self.is_staff or self.is_expert else self.trust_level

    @property
    def is_young(self) -> bool:
        """Whether the account is under a day old."""
        return now() - self.created_at < YOUNG_ACCOUNT

    @property
    def is_unlisted(self) -> bool:
        """Whether their page is for people who are signed in only."""
        return youth.is_unlisted(self)

    @property
    def name(self) -> str:
        """The name to show: the chosen display name, else the username; of a closed account words that say so."""
        if self.is_closed:
            return gettext("Deleted account")
        return self.display_name or self.username

    @property
    def seal(self) -> tuple[str, int]:
        """What is drawn for them where there is no picture: the name's first letter, and one of SEALS ways.

        The way comes from a hash of the id, so that it stays, and that neighbours in a list seldom have the same.
        """
        letter = next((char for char in self.name if char.isalnum()), self.name[:1] or "–")
        return letter.upper()[:1], hashlib.sha256(f"seal {self.id}".encode()).digest()[0] % SEALS

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
    is_closed = False
    is_confirmed = False
    is_approved = False
    trust_level = 0
    standing_level = 0
    age_band = ""
    private: tuple[str, ...] = ()
    moderates: tuple[int, ...] = ()
    is_expert = False
    is_moderator = False
    is_staff = False
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
    # addresses that are still to be cut
    __table_args__ = (
        _some("ix_sessions_whole_address", "expires_at", where="address <> '' AND address NOT LIKE '%/%'"),
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


class Invitation(Base):
    """An invitation to sign up, for one person; who invited whom is kept."""

    __tablename__ = "invitations"
    __table_args__ = (_some("ix_invitations_used_by_id", "used_by_id", where="used_by_id IS NOT NULL"),)

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


class NameChange(Base):
    """A user name that somebody bore before: their old address leads to the new one, and nobody else may take it."""

    __tablename__ = "name_changes"
    __table_args__ = (Index("ix_name_changes_user_id_id", "user_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    former: Mapped[str] = mapped_column(String(40))
    former_key: Mapped[str] = mapped_column(String(80), index=True)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Tie(Base):
    """What one person keeps from another: "mute" hides the other's posts, "block" also keeps messages away."""

    __tablename__ = "ties"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    kind: Mapped[str] = mapped_column(String(6))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class Guardian(Base):
    """Whom a child under 14 named as parent or guardian, and their yes. The address is gone once it was said."""

    __tablename__ = "guardians"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    address: Mapped[str] = mapped_column(String(320), default="", server_default="")
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    agreed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    agreed: Mapped[str] = mapped_column(String(60), default="", server_default="")  # versions, as in User.agreed


class AgeChange(Base):
    """Somebody's age band was changed after they joined: by themselves, once, when they turned 18, or by an admin."""

    __tablename__ = "age_changes"
    __table_args__ = (
        Index("ix_age_changes_user_id", "user_id", "id"),
        _some("ix_age_changes_changed_by_id", "changed_by_id", where="changed_by_id IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
