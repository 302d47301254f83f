"""A new post on its way into the database."""

from __future__ import annotations

from forum.core.database import db
from forum.core.putting import Putting
from forum.threads.models import Post

_POSTS = Putting(Post)


def put(post: Post) -> None:
    """Write a new post: alone in one plain statement, or together with its thread where that is new too."""
    if post.thread.id is None:
        db.session.add(post)
        db.session.flush()
    else:
        post.thread_id = post.thread.id
        _POSTS.put(post)
