"""Preset: one reason in both languages, with the rule and the outcome for which it was written."""

from __future__ import annotations

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base


class Preset(Base):
    """A reason that moderators give often. `rule` and `outcome` are "" where it serves any.

    It is no part of a decision, which keeps the words that were sent: so a preset may change or go at any time. Who
    did that stands in the public log; `version` grows with each change, so that two people don't overwrite each other.
    """

    __tablename__ = "presets"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    text_en: Mapped[str] = mapped_column(String(2000))
    text_zh: Mapped[str] = mapped_column(String(2000))
    rule: Mapped[str] = mapped_column(String(20), default="", server_default="")
    outcome: Mapped[str] = mapped_column(String(20), default="", server_default="")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    def in_language(self, language: str) -> str:
        """Return the reason in "zh…", else in English."""
        return self.text_zh if language.startswith("zh") else self.text_en
