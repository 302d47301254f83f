"""Flag, FlagMark, FrozenPicture: what people say against something, how they are alike, and a picture kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.core.database import Base, UTCDateTime, now
from moderation.models.case import Case
from moderation.models.kinds import where


class Flag(Base):
    """Somebody says that a post, a thread or a profile breaks a rule. `weight`: what it counted when sent (scoring).

    `kin` numbers the people of a case who look alike (see kinship), `alike` says in what, and of each group only the
    flag that `counts` adds its weight. `trust` is what it weighs towards hiding the post, in the text of `revision`.
    `upheld` is None until the case is decided. Without a `flagger` a visitor has sent it (see visitors).
    """

    __tablename__ = "flags"
    __table_args__ = (
        UniqueConstraint("case_id", "flagger_id"),
        Index("ix_flags_flagger_id_id", "flagger_id", "id"),
        # who counts in a group, and whose flags can hide: few, however many flags a case has
        Index("ix_flags_counting", "case_id", "kin", **where("counts")),
        Index("ix_flags_trusted", "case_id", "kin", **where("trust > 0")),
        Index("ix_flags_created_at", "created_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    flagger_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(String(1000), default="")
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    weight: Mapped[float] = mapped_column(default=1.0)
    kin: Mapped[int] = mapped_column(default=0, server_default="0")
    alike: Mapped[str] = mapped_column(String(10), default="", server_default="")
    counts: Mapped[bool] = mapped_column(default=True, server_default=true())
    trust: Mapped[float] = mapped_column(default=0.0, server_default="0")
    revision: Mapped[int] = mapped_column(default=0, server_default="0")
    upheld: Mapped[bool | None]

    case: Mapped[Case] = relationship()
    flagger: Mapped[User | None] = relationship()


class FlagMark(Base):
    """By what flags on an open case are recognised as alike: a keyed hash, and the group that has it (see kinship)."""

    __tablename__ = "flag_marks"
    __table_args__ = (UniqueConstraint("case_id", "mark"), Index("ix_flag_marks_kin", "kin"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    mark: Mapped[str] = mapped_column(String(32))
    kin: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class FrozenPicture(Base):
    """A picture that was flagged with its profile, one row a size: evidence, whatever became of the picture since."""

    __tablename__ = "frozen_pictures"
    __table_args__ = (UniqueConstraint("name", "size"), Index("ix_frozen_pictures_user_id", "user_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(32))  # as User.avatar had it
    size: Mapped[int]  # pixels of the square's side
    data: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
