"""Edition, Item, Speaker, Attendance and CalendarKey: rows and facts about them."""

from __future__ import annotations

import enum
import uuid
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from forum.accounts.models import User
from forum.asking.models import AskSession
from forum.core.database import Base, UTCDateTime, now
from forum.core.i18n import zone
from forum.subthemes.models import SubTheme
from forum.threads.models import Thread

URL_LIMIT = 500


class Kind(enum.StrEnum):
    """What happens at an item."""

    TALK = "talk"
    PANEL = "panel"
    ASK = "ask"


class News(enum.StrEnum):
    """What the people of an item are to be told, once."""

    MOVED = "moved"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"


class Seat(enum.StrEnum):
    """How somebody attends: with a place, or waiting for one."""

    GOING = "going"
    WAITING = "waiting"


def _either(english: str, chinese: str, lang: str) -> str:
    """Return the words in "zh…", else in English; where one is empty, the other."""
    return chinese or english if lang.startswith("zh") else english or chinese


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Edition(Base):
    """One edition of the conference. Its days are those of the venue's clock, `timezone`."""

    __tablename__ = "editions"
    __table_args__ = (CheckConstraint("starts_on <= ends_on", name="days_in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(40), unique=True)
    name_en: Mapped[str] = mapped_column(String(150))
    name_zh: Mapped[str] = mapped_column(String(150))
    place_en: Mapped[str] = mapped_column(String(150), default="", server_default="")
    place_zh: Mapped[str] = mapped_column(String(150), default="", server_default="")
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    timezone: Mapped[str] = mapped_column(String(60))
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    def name(self, lang: str) -> str:
        """Return the name in "zh…", else in English."""
        return self.name_zh if lang.startswith("zh") else self.name_en

    def place(self, lang: str) -> str:
        """Return the place in "zh…", else in English; "" for an edition that takes place online alone."""
        return self.place_zh if lang.startswith("zh") else self.place_en

    def runs_at(self, moment: datetime) -> bool:
        """Whether `moment` lies on one of its days."""
        return self.starts_on <= moment.astimezone(zone(self.timezone)).date() <= self.ends_on


class Item(Base):
    """One item of the programme. `sequence` rises whenever time, place, title or cancellation changes (RFC 5545)."""

    __tablename__ = "programme_items"
    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="times_in_order"),
        CheckConstraint("capacity IS NULL OR capacity > 0", name="some_places"),
        Index("ix_programme_items_edition_id_starts_at", "edition_id", "starts_at", "id"),
        Index("ix_programme_items_subtheme_id", "subtheme_id"),
        # the home page: what has not ended
        Index("ix_programme_items_ends_at", "ends_at", **_where("cancelled_at IS NULL")),
        Index("ix_programme_items_news", "id", **_where("news <> ''")),
        Index("ix_programme_items_waiting", "id", **_where("waiting_count > 0")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    edition_id: Mapped[int] = mapped_column(ForeignKey("editions.id"))
    subtheme_id: Mapped[int] = mapped_column(ForeignKey("subthemes.id"))
    thread_id: Mapped[int | None] = mapped_column(ForeignKey("threads.id"), unique=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("ask_sessions.id"), unique=True)
    uid: Mapped[str] = mapped_column(
        String(36), unique=True, default=lambda: str(uuid.uuid4())
    )  # in calendars, for ever
    form_token: Mapped[str | None] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(10), default=Kind.TALK)
    starts_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ends_at: Mapped[datetime] = mapped_column(UTCDateTime)
    lang: Mapped[str] = mapped_column(String(10), default="", server_default="")  # "en", "zh", "" for both
    title_en: Mapped[str] = mapped_column(String(200))
    title_zh: Mapped[str] = mapped_column(String(200))
    description_en: Mapped[str] = mapped_column(Text, default="")
    description_zh: Mapped[str] = mapped_column(Text, default="")
    place_en: Mapped[str] = mapped_column(String(150), default="", server_default="")
    place_zh: Mapped[str] = mapped_column(String(150), default="", server_default="")
    stream_url: Mapped[str] = mapped_column(String(URL_LIMIT), default="", server_default="")
    capacity: Mapped[int | None]
    going_count: Mapped[int] = mapped_column(default=0, server_default="0")
    waiting_count: Mapped[int] = mapped_column(default=0, server_default="0")

    agenda: Mapped[str] = mapped_column(Text, default="")
    agenda_html: Mapped[str] = mapped_column(Text, default="")
    notes: Mapped[str] = mapped_column(Text, default="")
    notes_html: Mapped[str] = mapped_column(Text, default="")
    render_version: Mapped[int] = mapped_column(default=0, server_default="0")
    recording_url: Mapped[str] = mapped_column(String(URL_LIMIT), default="", server_default="")
    moments: Mapped[list[Any]] = mapped_column(JSON, default=list, server_default="[]")  # [seconds, label]

    cancelled_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    cancel_reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    sequence: Mapped[int] = mapped_column(default=0, server_default="0")
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    revised_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    news: Mapped[str] = mapped_column(String(12), default="", server_default="")  # one of News that is still to be told

    edition: Mapped[Edition] = relationship()
    subtheme: Mapped[SubTheme] = relationship()
    thread: Mapped[Thread | None] = relationship()
    session: Mapped[AskSession | None] = relationship()
    speakers: Mapped[list[Speaker]] = relationship(order_by="Speaker.position", cascade="all, delete-orphan")

    def title(self, lang: str) -> str:
        """Return the title in "zh…", else in English."""
        return self.title_zh if lang.startswith("zh") else self.title_en

    def description(self, lang: str) -> str:
        """Return what it is about in "zh…", else in English; where one language is empty, in the other."""
        return _either(self.description_en, self.description_zh, lang)

    def place(self, lang: str) -> str:
        """Return where it takes place, as for the description; "" for what takes place online alone."""
        return _either(self.place_en, self.place_zh, lang)

    @property
    def is_cancelled(self) -> bool:
        """Whether it does not take place."""
        return self.cancelled_at is not None

    @property
    def is_over(self) -> bool:
        """Whether its end has passed."""
        return self.ends_at <= now()

    @property
    def is_on(self) -> bool:
        """Whether it is happening at this moment."""
        return not self.is_cancelled and self.starts_at <= now() < self.ends_at

    @property
    def is_full(self) -> bool:
        """Whether whoever signs up now has to wait: no place is free, or those who wait are still being moved up."""
        return self.waiting_count > 0 or (self.capacity is not None and self.going_count >= self.capacity)

    @property
    def is_over_full(self) -> bool:
        """Whether more have a place than there are now: the number was lowered, and nobody loses theirs."""
        return self.capacity is not None and self.going_count > self.capacity


class Speaker(Base):
    """Somebody who speaks at an item: an account of the forum, or only a name in `words`."""

    __tablename__ = "programme_speakers"
    __table_args__ = (
        UniqueConstraint("item_id", "position"),
        Index("ix_programme_speakers_user_id", "user_id", **_where("user_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("programme_items.id"))
    position: Mapped[int]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    words: Mapped[str] = mapped_column(String(120), default="", server_default="")  # a name, or what the account is

    user: Mapped[User | None] = relationship()


class Attendance(Base):
    """Somebody has signed up for an item. Who signed up first is first in the waiting list."""

    __tablename__ = "attendances"
    __table_args__ = (
        UniqueConstraint("item_id", "person_id"),
        Index("ix_attendances_item_id_seat", "item_id", "seat", "signed_up_at", "id"),
        Index("ix_attendances_person_id", "person_id", "id"),
        Index("ix_attendances_remind_at", "remind_at", "item_id", **_where("remind_at IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("programme_items.id"))
    # not `user_id`: when an account is deleted its places are given to others, one by one (seats.give_up_all)
    person_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    seat: Mapped[str] = mapped_column(String(10), default=Seat.GOING)
    signed_up_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)
    remind_at: Mapped[datetime | None] = mapped_column(UTCDateTime)  # when the next reminder is owed

    item: Mapped[Item] = relationship()


class CalendarKey(Base):
    """The private address of somebody's own calendar. The key is derived (docs/decisions/0008); here is its hash."""

    __tablename__ = "calendar_keys"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    salt: Mapped[str] = mapped_column(String(32))
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


DAY_BEFORE = timedelta(days=1)
SOON_BEFORE = timedelta(minutes=15)


def next_reminder(starts_at: datetime, moment: datetime) -> datetime | None:
    """Return when who attends is reminded next after `moment`: a day or a quarter of an hour before, or never."""
    return next((at for at in (starts_at - DAY_BEFORE, starts_at - SOON_BEFORE) if at > moment), None)
