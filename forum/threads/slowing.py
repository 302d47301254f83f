"""Slow mode: one post per person every so many minutes in a thread; how long somebody still has to wait."""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Any

from flask_babel import format_timedelta
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from forum.accounts.models import Person
from forum.core.database import db, now
from forum.core.errors import Refused
from forum.threads import policy
from forum.threads.models import Post, Thread

# Nobody writes more within the longest wait (config LIMITS); so this is read by the index of authors, however many
# posts somebody has.
LATEST = 500


class TooSoon(Refused):
    """The person has written in this thread a short while ago; `retry_after` in seconds."""

    status = 429

    def __init__(self, message: Any, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


def wait(person: Person, thread: Thread) -> timedelta | None:
    """Return how long the person waits before their next post in the thread, None when they need not.

    Held, removed and deleted posts count too. Whoever moderates the thread never waits.
    """
    if not thread.slow_minutes or not person.is_authenticated or policy.moderates(person, thread.subtheme_id):
        return None
    latest = select(Post.thread_id, Post.created_at).where(Post.author_id == person.id)
    recent = latest.order_by(Post.id.desc()).limit(LATEST).subquery()
    last = db.session.scalar(select(func.max(recent.c.created_at)).where(recent.c.thread_id == thread.id))
    left = last + timedelta(minutes=thread.slow_minutes) - now() if last else None
    return left if left and left > timedelta(0) else None


def check(person: Person, thread: Thread) -> None:
    """Raise TooSoon, with the time left in words, for whoever has to wait."""
    left = wait(person, thread)
    if left is not None:
        words = _l("This thread is in slow mode. You can write in it again in %(span)s.", span=spoken(left))
        raise TooSoon(words, ceil(left.total_seconds()))


def spoken(span: timedelta) -> str:
    """Return a length of time in one unit, in the reader's language, rounded so that it is never too short."""
    seconds = ceil(span.total_seconds())
    for unit in (3600, 60):
        if seconds >= 2 * unit:
            seconds = ceil(seconds / unit) * unit
            break
    return str(format_timedelta(timedelta(seconds=seconds), threshold=2))
