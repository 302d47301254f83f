"""SubTheme: one sub-forum of the conference; ThemeModerator: who looks after it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.core.database import Base, UTCDateTime, now

HUES = 7  # the muted hues of the style sheet, hue-0 … hue-6


class SubTheme(Base):
    """A sub-forum with its name in both languages; its counters are kept by the actions on threads."""

    __tablename__ = "subthemes"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name_en: Mapped[str] = mapped_column(String(100))
    name_zh: Mapped[str] = mapped_column(String(100))
    description_en: Mapped[str] = mapped_column(Text, default="")
    description_zh: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int] = mapped_column(default=0)
    hue: Mapped[int] = mapped_column(default=0)
    thread_count: Mapped[int] = mapped_column(default=0)
    post_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    archived_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    def name(self, lang: str) -> str:
        """Return the name in `lang` ("en", "zh", "zh-Hans" or "zh_Hans")."""
        return self.name_zh if lang.startswith("zh") else self.name_en

    def description(self, lang: str) -> str:
        """Return the paragraph about it in `lang`."""
        return self.description_zh if lang.startswith("zh") else self.description_en


class ThemeModerator(Base):
    """Somebody looks after a sub-theme: from when until when, by whom. Users.moderates repeats what is in force."""

    __tablename__ = "theme_moderators"
    __table_args__ = (
        Index(
            "uq_theme_moderators_in_force",
            "user_id",
            "subtheme_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_theme_moderators_user_id", "user_id", "id"),
        Index("ix_theme_moderators_appointed_by_id", "appointed_by_id"),
        Index("ix_theme_moderators_ended_by_id", "ended_by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    subtheme_id: Mapped[int] = mapped_column(ForeignKey("subthemes.id"))
    appointed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    appointed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    subtheme: Mapped[SubTheme] = relationship()
