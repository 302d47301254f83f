"""SubTheme: one sub-forum of the conference."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

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
