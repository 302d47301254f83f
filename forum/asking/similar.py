"""Questions that ask nearly the same, from the search index: of a session, and answered ones of its sub-theme."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from forum.accounts import ties
from forum.accounts.models import Person
from forum.asking.asked import LINE
from forum.asking.models import AskSession, Question, Status
from forum.core.database import db
from forum.search.index import current_index
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Post, Thread
from search_index.analysis import tokens
from search_index.interface import IndexUnavailable, Query

SUGGESTED = 5
LOOKED_AT = 100  # hits of the sub-theme among which the session's questions are found
FAR = 0.2  # from which on an answer elsewhere may be one to this question: a fifth of the words, not one by chance
NEAR = 0.6  # share of words in common from which on two questions are the same one, said again
LEAST = 4  # characters; less is not a question yet
_SYNTAX = re.compile(r"[\"“”„«»「」『』＂\-－−]")  # what search takes for phrases and exclusions


@dataclass(frozen=True)
class Alike:
    """A question like the one that is asked: how it begins, how many ask it, and how much of it is in the other one
    (0 to 1). An answered one of the same sub-theme elsewhere has its thread, and a session unless it is a thread alone.
    """

    post_id: int
    text: str
    people: int
    share: float
    session_id: int | None = None
    thread: Thread | None = None


def suggested(session: AskSession, text: str, viewer: Person) -> list[Alike]:
    """Return what a person who types may be looking for: questions of the session, then answered ones elsewhere.

    Nothing of people whom they keep away.
    """
    here = alike(session, text, viewer=viewer)
    return [*here, *_elsewhere(session, text, viewer)[: SUGGESTED - len(here)]]


def near(session: AskSession, text: str, viewer: Person) -> list[Alike]:
    """Return those of the session that say nearly the same words: worth asking whether it is one of them."""
    return [one for one in alike(session, text, viewer=viewer) if one.share >= NEAR]


def alike(session: AskSession, text: str, limit: int = SUGGESTED, viewer: Person | None = None) -> list[Alike]:
    """Return at most `limit` visible questions of the session that are most like the text; none while the index can't
    answer. With a `viewer` without those of people whom they keep away.
    """
    ids = _found(session, text, after=session.opens_at.date())
    query = _columns().where(Question.session_id == session.id, Question.status.in_((Status.OPEN, Status.ANSWERED)))
    return _in_order(ids, query, text, viewer)[:limit]


def _elsewhere(session: AskSession, text: str, viewer: Person) -> list[Alike]:
    """Return answered questions of the sub-theme's other sessions, and answered threads put to its experts."""
    ids = _found(session, text)
    in_session = (Question.status == Status.ANSWERED) & (Question.session_id != session.id)
    as_thread = (Post.position == 1) & Thread.is_answered & Thread.asked_at.is_not(None)
    query = _columns().where(or_(in_session, as_thread), THREAD_VISIBLE)
    return [one for one in _in_order(ids, query, text, viewer, elsewhere=True) if one.share >= FAR]


def _found(session: AskSession, text: str, after: date | None = None) -> list[int]:
    if len(text.strip()) < LEAST:
        return []
    query = Query(_SYNTAX.sub(" ", text), subtheme=session.thread.subtheme.slug, after=after, limit=LOOKED_AT)
    try:
        return [hit.id for hit in current_index().find(query).hits]
    except IndexUnavailable:
        return []


def _columns() -> Select[Any]:
    beginning = func.substr(Post.plain, 1, LINE)
    query = select(Post.id, Post.author_id, beginning, Post.plain, Question.support_count, Question.session_id, Thread)
    return query.join(Post.thread).outerjoin(Question, Question.post_id == Post.id).where(POST_VISIBLE)


def _in_order(
    ids: Sequence[int], query: Select[Any], text: str, viewer: Person | None, *, elsewhere: bool = False
) -> list[Alike]:
    """Return what the query lets through of these posts, in their order."""
    if not ids:
        return []
    rows = {row[0]: row for row in db.session.execute(query.where(Post.id.in_(ids)))}
    authors = {row[1] for row in rows.values()}
    away = ties.among(viewer.id, authors) if viewer is not None and viewer.id else {}
    near_by = [rows[post_id] for post_id in ids if post_id in rows and rows[post_id][1] not in away]
    return [
        Alike(
            post_id, beginning if session_id else thread.title, people or 0,
            in_common(text, whole if session_id else f"{thread.title} {whole}"),
            session_id if elsewhere else None, thread if elsewhere else None,
        )
        for post_id, _author, beginning, whole, people, session_id, thread in near_by
    ]  # fmt: skip


def in_common(one: str, other: str) -> float:
    """Return how many words (pairs of Han) two texts share, of all that stand in either."""
    mine, theirs = ({token.term for token in tokens(text) if token.position is not None} for text in (one, other))
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0
