"""An account: its row, and the questions that everybody asks of it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from flask_babel import gettext
from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.accounts import youth
from forum.accounts.models.indexes import INDEXES
from forum.accounts.models.kinds import PROFILE_PARTS, Role, Standing
from forum.config import NEWCOMER_POSTS, TOP_LEVEL, YOUNG_ACCOUNT
from forum.core.database import Base, IdList, UTCDateTime, now

SEALS = 14  # seven pigments, each cut out or drawn (static/css/components.css)


def _private_at_first(context: Any) -> list[str]:
    """Young people show nothing of themselves until they choose to, whichever way their account is made."""
    care = youth.TABLE[context.get_current_parameters().get("age_band") or ""]
    return list(PROFILE_PARTS) if care.is_minor else []


class User(Base):
    """One account. `username` is how it was chosen, `username_key` its look-alike skeleton, unique."""

    __tablename__ = "users"
    __table_args__ = INDEXES

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(40), unique=True)
    # "C": sorted by bytes on every engine, so that its unique index also serves the search by the name's beginning
    username_key: Mapped[str] = mapped_column(
        String(80).with_variant(String(80, collation="C"), "postgresql"), unique=True
    )
    email: Mapped[str | None] = mapped_column(String(320))
    email_key: Mapped[str | None] = mapped_column(String(320), unique=True)
    # the address as it is compared, from sign-up until its owner has shown that it is theirs (queries.may_be)
    email_claim: Mapped[str | None] = mapped_column(String(320))
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
    silenced_until: Mapped[datetime | None] = mapped_column(UTCDateTime)  # reads, but says nothing (see silences)
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
    leaving_with: Mapped[str] = mapped_column(String(10), default="", server_default="")  # KEEP_POSTS or REMOVE_POSTS

    is_many = False  # of a stand-in for many (accounts/standing_in.py), whom nobody keeps away and who has nothing held
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
    def is_silenced(self) -> bool:
        """Whether the person may say nothing now: no post, edit, flag, message, nor another name."""
        return self.silenced_until is not None and self.silenced_until > now()

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
