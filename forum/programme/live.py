"""The live questions of an item: a glimpse of the ask-an-expert session in which it is discussed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from forum.accounts import ties
from forum.accounts.models import Person
from forum.asking import asked
from forum.asking import queries as sessions
from forum.asking.models import LED_BY, AskSession, Question, Status
from forum.threads.models import Thread

SHOWN = 3


@dataclass(frozen=True)
class Live:
    """A session, and the questions that most people ask of those that wait."""

    session: AskSession
    questions: Sequence[Question]


def of_thread(viewer: Person, thread: Thread | None) -> Live | None:
    """Return the session that leads this thread; None, and no statement, for an ordinary thread or none."""
    session = sessions.of_thread(thread.id) if thread is not None and thread.led_by == LED_BY else None
    if session is None:
        return None
    waiting = asked.listed(session, Status.OPEN, size=SHOWN).items
    authors = {row.post.author_id for row in waiting}
    kept_away = ties.among(viewer.id or 0, authors) if viewer.is_authenticated and authors else {}
    return Live(session, [row for row in waiting if row.post.author_id not in kept_away])
