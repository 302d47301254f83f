"""Posts as documents of the search index, and which posts the index owes to be right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, undefer

from forum.core.database import db
from forum.threads.models import Post, State, Thread
from search_index.interface import Document

_WHOLE = (
    undefer(Post.plain),
    joinedload(Post.thread, innerjoin=True).joinedload(Thread.subtheme, innerjoin=True),
    joinedload(Post.author, innerjoin=True),
)


def document(post: Post) -> Document:
    """Return a post as the index sees it; only an opening carries its thread's title."""
    return Document(
        id=post.id,
        title=post.thread.title if post.is_opening else "",
        body=post.plain,
        subtheme=post.thread.subtheme.slug,
        author=post.author.username,
        lang=post.lang,
        expert=post.credential_id is not None,
        thread_id=post.thread_id,
        created=post.published_at or post.created_at,
    )


def is_findable(post: Post) -> bool:
    """Whether everybody may find it: visible, in a visible thread."""
    return post.state == State.VISIBLE and post.thread.state == State.VISIBLE


def owed(limit: int) -> Sequence[Post]:
    """Return at most `limit` posts whose latest change the index has not seen, oldest first."""
    query = select(Post).where(Post.indexed_version != Post.index_version).order_by(Post.id).limit(limit)
    return db.session.scalars(query.options(*_WHOLE)).all()


def everything(batch: int = 500) -> Iterator[Document]:
    """Return every findable post as a document, by id, with bounded memory."""
    last = 0
    while True:
        query = select(Post).where(Post.id > last).order_by(Post.id).limit(batch)
        posts = db.session.scalars(query.options(*_WHOLE).execution_options(populate_existing=True)).all()
        if not posts:
            return
        yield from (document(post) for post in posts if is_findable(post))
        last = posts[-1].id
        db.session.expunge_all()
