"""Reading what this room tells and shows."""

from __future__ import annotations

from sqlalchemy import literal_column, select

from forum.core.database import db
from forum.notifications.models import Notification
from forum.threads.models import Post


def author_of(post_id: int | None) -> list[int]:
    """Return who wrote the post, as a list of one; an empty one for none."""
    return list(db.session.scalars(select(Post.author_id).where(Post.id == post_id))) if post_id else []


def with_unread_correction(thread_id: int) -> set[int]:
    """Return who has an unread notice about a correction in the thread: they will see the next one too."""
    query = (
        select(Notification.user_id)
        .join(Post, Post.id == Notification.post_id)
        .where(Notification.kind == "correction", Notification.read_at.is_(None), Post.thread_id == thread_id)
    )
    return set(db.session.scalars(query))


def corrections_owing(after: int, limit: int) -> list[int]:
    """Return the next visible answers with a correction that nobody was told of, by id."""
    visible = Post.state == literal_column("'visible'")
    query = select(Post.id).where(Post.correction_told_at.is_(None), Post.corrected_at.is_not(None), visible)
    return list(db.session.scalars(query.where(Post.id > after).order_by(Post.id).limit(limit)))
