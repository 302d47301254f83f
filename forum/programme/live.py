"""The ask-an-expert session of an item: a glimpse of its live questions, and which sessions an item may have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from forum.accounts import ties
from forum.accounts.models import Person
from forum.asking import asked
from forum.asking import queries as sessions
from forum.asking.models import AskSession, Question, Status
from forum.programme.models import Item
from forum.threads.policy import sees_thread

SHOWN = 3


@dataclass(frozen=True)
class Live:
    """A session, and the questions that most people ask of those that wait."""

    session: AskSession
    questions: Sequence[Question]


def of_item(viewer: Person, item: Item) -> Live | None:
    """Return the item's session as the viewer sees it; None, and no statement, for an item without one."""
    session = item.session
    if session is None or not sees_thread(viewer, session.thread):
        return None
    waiting = asked.listed(session, Status.OPEN, size=SHOWN).items
    authors = {row.post.author_id for row in waiting}
    kept_away = ties.among(viewer.id or 0, authors) if viewer.is_authenticated and authors else {}
    return Live(session, [row for row in waiting if row.post.author_id not in kept_away])


def choices(subtheme_ids: Collection[int], own: AskSession | None = None) -> list[tuple[str, str]]:
    """Return (id, title) of the sessions of these sub-themes that run or are to come; `own` in any case."""
    found = [session for session in sessions.live() if session.thread.subtheme_id in subtheme_ids]
    if own is not None and own.id not in {session.id for session in found}:
        found.insert(0, own)
    return [(str(session.id), session.thread.title) for session in found]
