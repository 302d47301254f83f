"""Quotes of a post whose words are gone for good: they go from what others wrote, and whose they were stays."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

from sqlalchemy import select, update

from forum.core import signals
from forum.core.database import announce, db, locked, transaction
from forum.core.errors import Refused
from forum.core.markup.unquoting import without_quotes
from forum.threads import writing
from forum.threads.models import AnswerDraft, Post, Revision, State

log = logging.getLogger(__name__)
AT_ONCE = 50  # texts in memory


def holding(key: Any, column: Any, post_id: int) -> Iterator[tuple[int, str]]:
    """Yield id and text of the rows whose text may quote the post; reads the table once, in the order of its key."""
    last = 0
    while True:
        query = select(key, column).where(key > last, column.contains(f"· #{post_id}")).order_by(key).limit(AT_ONCE)
        rows = db.session.execute(query).all()
        yield from ((row[0], row[1]) for row in rows)
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def posts_whose_former_texts_quote(post_id: int) -> set[int]:
    """Return the posts with a former text that quotes the post."""
    found = (each for each, body in holding(Revision.id, Revision.body, post_id) if _quotes(body, post_id))
    ids = list(found)
    return set(db.session.scalars(select(Revision.post_id).where(Revision.id.in_(ids)))) if ids else set()


def cut(post_id: int) -> bool:
    """Take the words of the post out of every quote of it in posts, former texts and drafts; safe to repeat.

    Each post is a transaction of its own, rendered before it. False: one couldn't be, or was being edited.
    """
    done = True
    for each, former in holding(Post.id, Post.body, post_id):
        body = without_quotes(former, post_id)
        if body != former:
            done = _cut_in_post(each, former, body) and done
    for each, former in holding(Revision.id, Revision.body, post_id):
        if _quotes(former, post_id):
            with transaction() as session:
                body = without_quotes(former, post_id)
                session.execute(update(Revision).where(Revision.id == each).values(body=body))
    for each, former in holding(AnswerDraft.id, AnswerDraft.body, post_id):
        body = without_quotes(former, post_id)
        if body != former:  # what was saved meanwhile is another text, and is found by the next look
            with transaction() as session:
                same = AnswerDraft.id == each, AnswerDraft.body == former
                session.execute(update(AnswerDraft).where(*same).values(body=body))
    return done


def _quotes(body: str, post_id: int) -> bool:
    return without_quotes(body, post_id) != body


def _cut_in_post(quoting_id: int, former: str, body: str) -> bool:
    try:
        shown = writing.rendered(body)
    except Refused:
        log.warning("post %s quotes purged words and can't be rendered without them now", quoting_id)
        return False
    with transaction():
        post = locked(Post, quoting_id)
        if post is None or post.body != former:
            return False
        writing.fill(post, body, shown)
        post.index_version += 1
        if post.state != State.HELD:
            announce(signals.post_changed, post_id=post.id, thread_id=post.thread_id)
        return True
