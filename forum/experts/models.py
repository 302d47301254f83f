"""Credential: somebody is an expert of one sub-theme, with title and organisation, until a date."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now
from forum.core.pagecache import holds_until
from forum.subthemes.models import SubTheme

_REMINDING = "revoked_at IS NULL AND reminded_7_at IS NULL"  # whose holder is still to be told of the end


class Credential(Base):
    """A verified role for one sub-theme.

    Title, organisation, sector and interests never change: an answer keeps the badge of its day. Only its last day can
    move (a renewal), and the languages its holder answers in.
    """

    __tablename__ = "credentials"
    __table_args__ = (
        # the same rules as policy.may_decide: nobody makes themselves an expert
        CheckConstraint("granted_by_id <> user_id", name="granted_by_another"),
        CheckConstraint("revoked_by_id <> user_id", name="revoked_by_another"),
        Index("ix_credentials_user_id", "user_id"),
        Index("ix_credentials_subtheme_id_granted_at", "subtheme_id", "granted_at"),
        Index(
            "ix_credentials_reminding", "valid_until", sqlite_where=text(_REMINDING), postgresql_where=text(_REMINDING)
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subtheme_id: Mapped[int] = mapped_column(ForeignKey("subthemes.id"))
    title: Mapped[str] = mapped_column(String(100))
    organization: Mapped[str] = mapped_column(String(200))
    sector: Mapped[str] = mapped_column(String(20), default="", server_default="")  # see accounts.profiles.SECTORS
    interests: Mapped[str] = mapped_column(String(1000), default="", server_default="")  # "": none declared
    languages: Mapped[str] = mapped_column(String(20), default="", server_default="")  # "en zh"; "": not said
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    granted_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    valid_until: Mapped[date | None] = mapped_column(Date)
    revoked_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    revoke_reason: Mapped[str] = mapped_column(String(2000), default="")
    # when the holder was told that it ends: 30 and 7 days before; None: not yet. A renewal owes them anew.
    reminded_30_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    reminded_7_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    granted_by: Mapped[User | None] = relationship(foreign_keys=[granted_by_id])
    subtheme: Mapped[SubTheme] = relationship()

    @property
    def status(self) -> str:
        """ "revoked", "ended" (its last day has passed in UTC) or "valid"."""
        if self.revoked_at:
            return "revoked"
        if self.valid_until:
            holds_until(datetime.combine(self.valid_until + timedelta(days=1), time(), UTC))
        if self.valid_until and self.valid_until < now().date():
            return "ended"
        return "valid"

    @property
    def in_force(self) -> bool:
        """Whether its holder may answer with it now."""
        return self.status == "valid"
