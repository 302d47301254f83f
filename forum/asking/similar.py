"""Questions of a session that ask nearly the same, from the search index."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from forum.asking.asked import LINE
from forum.asking.models import AskSession, Question, Status
from forum.core.database import db
from forum.search.index import current_index
from forum.threads.counters import POST_VISIBLE
from forum.threads.models import Post
from search_index.analysis import tokens
from search_index.interface import IndexUnavailable, Query

SUGGESTED = 5
LOOKED_AT = 100  # hits of the sub-theme among which the session's questions are found
NEAR = 0.6  # share of words in common from which on two questions are the same one, said again
LEAST = 4  # characters; less is not a question yet
_SYNTAX = re.compile(r"[\"“”„«»「」『』＂\-－−]")  # what search takes for phrases and exclusions


@dataclass(frozen=True)
class Alike:
    """A question of the session: how it begins, how many ask it, and how much of it is in the other one (0 to 1)."""

    post_id: int
    text: str
    people: int
    share: float


def alike(session: AskSession, text: str, limit: int = SUGGESTED) -> list[Alike]:
    """Return at most `limit` visible questions that are most like the text; none while the index can't answer."""
    if len(text.strip()) < LEAST:
        return []
    opened = session.opens_at.date()
    query = Query(_SYNTAX.sub(" ", text), subtheme=session.thread.subtheme.slug, after=opened, limit=LOOKED_AT)
    try:
        hits = current_index().find(query).hits
    except IndexUnavailable:
        return []
    found = _questions(session, [hit.id for hit in hits])
    return [_compared(found[hit.id], text) for hit in hits if hit.id in found][:limit]


def near(session: AskSession, text: str) -> list[Alike]:
    """Return those that say nearly the same words: worth asking whether it is one of them."""
    return [one for one in alike(session, text) if one.share >= NEAR]


def _questions(session: AskSession, ids: Sequence[int]) -> dict[int, tuple[int, str, str, int]]:
    if not ids:
        return {}
    query = select(Question.post_id, func.substr(Post.plain, 1, LINE), Post.plain, Question.support_count)
    query = query.join(Post, Post.id == Question.post_id).where(Question.post_id.in_(ids), POST_VISIBLE)
    query = query.where(Question.session_id == session.id, Question.status.in_((Status.OPEN, Status.ANSWERED)))
    return {row[0]: (row[0], row[1], row[2], row[3]) for row in db.session.execute(query)}


def _compared(found: tuple[int, str, str, int], text: str) -> Alike:
    post_id, beginning, whole, people = found
    return Alike(post_id, beginning, people, in_common(text, whole))


def in_common(one: str, other: str) -> float:
    """Return how many words (pairs of Han) two texts share, of all that stand in either."""
    mine, theirs = ({token.term for token in tokens(text) if token.position is not None} for text in (one, other))
    return len(mine & theirs) / len(mine | theirs) if mine or theirs else 0.0
