"""The states that pages compare themselves with: what everybody sees, in numbers, and nothing else.

Counters of threads count what is visible (threads/counters.py), so what is held, hidden or deleted leaves no trace
here, not even in a number.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select

from forum.asking import clock
from forum.asking.models import AskSession
from forum.config import PAGE_SIZE
from forum.core.database import db, now
from forum.core.prepared import Prepared
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Thread

State = dict[str, Any]
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> int:
    """Return the moment in microseconds since 1970: exact in the database, and whole in a browser until 2255."""
    return (moment - _BEGINNING) // timedelta(microseconds=1)


def of_thread(thread_id: int) -> State | None:
    """Return how many replies a thread has and when the last was published, or None for one that not everybody sees."""
    found = _OF_THREAD.within({"id": thread_id})
    return {"replies": found[0][0], "latest": stamp(found[0][1])} if found else None


def of_lists(subtheme_id: int | None = None) -> State:
    """Return the latest threads of a sub-theme (None: of all), pinned ones too, each with its latest activity."""
    found = _OF_ALL.within({}) if subtheme_id is None else _OF_SUBTHEME.within({"subtheme_id": subtheme_id})
    return {"threads": {thread_id: stamp(latest) for thread_id, latest in found}}


def of_session(session_id: int) -> State | None:
    """Return a session's phase by the clock and its counts, or None for one that not everybody sees.

    The page that is made from it holds until the next phase.
    """
    session = db.session.scalar(
        select(AskSession).where(AskSession.id == session_id, AskSession.thread.has(THREAD_VISIBLE))
    )
    if session is None:
        return None
    phase = clock.phase_at(session, now())
    return {"phase": phase.value, "questions": session.question_count, "answered": session.answered_count}


def _thread() -> Any:
    return select(Thread.reply_count, Thread.last_post_at).where(Thread.id == bindparam("id"), THREAD_VISIBLE)


def _latest(*conditions: Any) -> Any:
    query = select(Thread.id, Thread.last_post_at).where(THREAD_VISIBLE, *conditions)
    return query.order_by(Thread.last_post_at.desc(), Thread.id.desc()).limit(PAGE_SIZE)


_OF_THREAD = Prepared(_thread)
_OF_ALL = Prepared(_latest)
_OF_SUBTHEME = Prepared(lambda: _latest(Thread.subtheme_id == bindparam("subtheme_id")))
