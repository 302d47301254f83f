"""ThreadRead (how far somebody has read a thread) and ReadingDay (what they read on a day)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from forum.core.database import Base, UTCDateTime, now


class ThreadRead(Base):
    """How far somebody has read a thread: the highest position that a page showed them."""

    __tablename__ = "thread_reads"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("threads.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)
    read_at: Mapped[datetime] = mapped_column(UTCDateTime, default=now)


class ReadingDay(Base):
    """What somebody read on one day (UTC): threads opened, posts seen for the first time, seconds spent reading."""

    __tablename__ = "reading_days"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    threads: Mapped[int] = mapped_column(default=0)
    posts: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[int] = mapped_column(default=0)
