"""Screen: words, patterns or domains that moderators watch. Fingerprint: what a recent text was like. NudgeCount."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, now


class Kind(enum.StrEnum):
    """How the words of a screen are compared with a text."""

    HAN = "zh"
    ENGLISH = "en"
    PHRASE = "phrase"
    PATTERN = "pattern"
    DOMAIN = "domain"


class Action(enum.StrEnum):
    """What happens to a text that a screen meets. ALLOW is for domains: they are never held nor counted."""

    HOLD = "hold"
    FLAG = "flag"
    REFUSE = "refuse"
    REPLACE = "replace"
    NUDGE = "nudge"
    ALLOW = "allow"


class Screen(Base):
    """Words that moderators watch, one a line, and what happens to a text with one of them, by which rule.

    `version` grows with each change, so that two moderators don't overwrite each other; who changed it stands in
    the public log. None is ever deleted: cases name it.
    """

    __tablename__ = "screens"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(String(10))
    replacement: Mapped[str] = mapped_column(String(100), default="", server_default="")
    rule: Mapped[str] = mapped_column(String(20))
    is_on: Mapped[bool] = mapped_column(default=True)
    hits: Mapped[int] = mapped_column(default=0, server_default="0")
    hit_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    @property
    def entries(self) -> list[str]:
        """The words, one each."""
        return [line for line in self.words.splitlines() if line.strip()]


class Fingerprint(Base):
    """What a text of somebody not yet trusted was like, for some days: enough to know it again, not to read it.

    `exact` is a hash of the whole text; the bands and the sketch are of its pieces (see sketches).
    """

    __tablename__ = "fingerprints"
    __table_args__ = (
        Index("ix_fingerprints_author_id", "author_id", "made_at"),
        Index("ix_fingerprints_made_at", "made_at"),
        Index("ix_fingerprints_band_0", "band_0", "made_at"),
        Index("ix_fingerprints_band_1", "band_1", "made_at"),
        Index("ix_fingerprints_band_2", "band_2", "made_at"),
        Index("ix_fingerprints_band_3", "band_3", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    is_new: Mapped[bool]  # whether the account was new then
    exact: Mapped[str] = mapped_column(String(32))  # "" for a text too short to be compared
    sketch: Mapped[bytes] = mapped_column(LargeBinary)
    band_0: Mapped[int | None]
    band_1: Mapped[int | None]
    band_2: Mapped[int | None]
    band_3: Mapped[int | None]


class NudgeCount(Base):
    """How often, in a month (2026-11), people were asked to think again, reworded their text, or sent it as it was.

    Because of watched words; `…_learned`: because the text looked like posts that were removed (see ranker).
    """

    __tablename__ = "nudge_counts"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    asked: Mapped[int] = mapped_column(default=0)
    reworded: Mapped[int] = mapped_column(default=0)
    insisted: Mapped[int] = mapped_column(default=0)
    asked_learned: Mapped[int] = mapped_column(default=0, server_default="0")
    reworded_learned: Mapped[int] = mapped_column(default=0, server_default="0")
    insisted_learned: Mapped[int] = mapped_column(default=0, server_default="0")
