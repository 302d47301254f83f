"""Results as a reader may see them: the index gives ids, the database decides, so a stale index can't leak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from forum.accounts.models import Tie
from forum.core.database import db
from forum.search.documents import is_findable
from forum.search.index import current_index
from forum.threads.models import Post, Thread
from search_index.excerpt import excerpt, highlight
from search_index.interface import Query

EXCERPT_LENGTH = 200  # code points, about three lines on a phone

Segments = Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class Found:
    """One result: the post, and its title and text with the searched words marked (True)."""

    post: Post
    title: Segments
    excerpt: Segments
    kept_away: str = ""  # "mute" or "block": how the reader keeps its author away


@dataclass(frozen=True)
class Answer:
    """One page of results; `cut_short` when the time limit ended the search, `more` when a next page may exist."""

    found: Sequence[Found]
    more: bool
    cut_short: bool


def find(query: Query, viewer_id: int | None = None) -> Answer:
    """Return what everybody may see of the index's answer, and whom this reader keeps away. Raises IndexUnavailable."""
    results = current_index().find(query)
    posts = _visible([hit.id for hit in results.hits], viewer_id)
    found = [_found(*posts[hit.id], query.text) for hit in results.hits if hit.id in posts]
    return Answer(found, results.more, results.timed_out)


def _visible(ids: list[int], viewer_id: int | None) -> dict[int, tuple[Post, str]]:
    """Return the posts with the tie of the reader to their authors; in one statement."""
    if not ids:
        return {}
    options: list[Any] = [
        undefer(Post.plain),
        joinedload(Post.author, innerjoin=True),
        joinedload(Post.credential),
        joinedload(Post.thread, innerjoin=True).joinedload(Thread.subtheme, innerjoin=True),
    ]
    tie = (Tie.other_id == Post.author_id) & (Tie.user_id == viewer_id)
    rows = db.session.execute(select(Post, Tie.kind).outerjoin(Tie, tie).where(Post.id.in_(ids)).options(*options))
    return {post.id: (post, kind or "") for post, kind in rows if is_findable(post)}


def _found(post: Post, kept_away: str, words: str) -> Found:
    text = [] if kept_away else excerpt(post.plain, words, EXCERPT_LENGTH)
    return Found(post, highlight(post.thread.title, words), text, kept_away)
