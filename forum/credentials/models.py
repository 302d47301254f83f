"""Application: somebody asks to be an expert of one sub-theme, or to remain one, and says what shows it."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme


class State(enum.StrEnum):
    """Waits for a moderator; was granted or declined by one; was taken back by the applicant."""

    OPEN = "open"
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Application(Base):
    """What somebody asks for; with `renews_id` that a credential which they hold lasts longer.

    The evidence is for whoever decides, and is forgotten some time after the decision.
    """

    __tablename__ = "credential_applications"
    __table_args__ = (
        CheckConstraint("decided_by_id <> user_id", name="decided_by_another"),
        # one at a time: what was asked twice would be decided twice
        Index("uq_credential_applications_open", "user_id", "subtheme_id", unique=True, **_where("state = 'open'")),
        Index("ix_credential_applications_queue", "subtheme_id", "id", **_where("state = 'open'")),
        Index("ix_credential_applications_user_id", "user_id", "id"),
        Index(
            "ix_credential_applications_evidence",
            "decided_at",
            **_where("decided_at IS NOT NULL AND evidence <> ''"),
        ),
        # looked up when somebody's account is deleted
        Index("ix_credential_applications_decided_by_id", "decided_by_id", **_where("decided_by_id IS NOT NULL")),
        # what refers to a credential
        Index("ix_credential_applications_renews_id", "renews_id", **_where("renews_id IS NOT NULL")),
        Index("ix_credential_applications_credential_id", "credential_id", **_where("credential_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subtheme_id: Mapped[int] = mapped_column(ForeignKey("subthemes.id"))
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"))
    title: Mapped[str] = mapped_column(String(100))
    organization: Mapped[str] = mapped_column(String(200))
    sector: Mapped[str] = mapped_column(String(20))
    interests: Mapped[str] = mapped_column(String(1000), default="")
    languages: Mapped[str] = mapped_column(String(20), default="")
    evidence: Mapped[str] = mapped_column(Text)
    links: Mapped[list[str]] = mapped_column(JSON, default=list)
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    state: Mapped[str] = mapped_column(String(10), default=State.OPEN)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # or taken back
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    cause: Mapped[str] = mapped_column(String(20), default="")  # why it was declined, see wording.CAUSES
    reason: Mapped[str] = mapped_column(String(2000), default="")  # the same in words, for the applicant
    credential_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"))  # what was granted or renewed

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    decided_by: Mapped[User | None] = relationship(foreign_keys=[decided_by_id])
    subtheme: Mapped[SubTheme] = relationship()
    renews: Mapped[Credential | None] = relationship(foreign_keys=[renews_id])
    credential: Mapped[Credential | None] = relationship(foreign_keys=[credential_id])

    @property
    def is_open(self) -> bool:
        """Whether it waits for a moderator."""
        return self.state == State.OPEN
