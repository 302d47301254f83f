"""Reading what a purge touches: the post, appeals that it cuts off, posts that quote it, and purges of before."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from forum.config import APPEAL_WINDOW
from forum.core.database import db, now
from forum.core.paging import LARGEST_ID
from forum.threads.models import Post
from moderation.appeals.models import Appeal, State
from moderation.models import Case, Decision, Outcome
from moderation.purging.models import Purge

QUOTES_SHOWN = 20


@dataclass(frozen=True)
class Appeals:
    """What a purge cuts off: the open appeal about the post, and until when another may still be made."""

    open_id: int | None
    until: datetime | None


def post_in_full(post_id: int) -> Post | None:
    """Return the post with thread and author, or None."""
    if not 0 < post_id <= LARGEST_ID:
        return None
    query = select(Post).where(Post.id == post_id).options(joinedload(Post.thread), joinedload(Post.author))
    return db.session.scalar(query)


def is_purged(post_id: int) -> bool:
    """Whether the post's words are gone for good."""
    return db.session.scalar(select(Purge.id).where(Purge.post_id == post_id)) is not None


def purge_of(post_id: int) -> Purge | None:
    """Return the purge of the post, or None."""
    return db.session.scalar(select(Purge).where(Purge.post_id == post_id))


def purges_of(post_ids: Collection[int]) -> dict[int, Purge]:
    """Return the purges of these posts by post."""
    if not post_ids:
        return {}
    return {row.post_id: row for row in db.session.scalars(select(Purge).where(Purge.post_id.in_(post_ids)))}


def appeals_about(post_id: int) -> Appeals:
    """Return what appeals about the post a purge would cut off; one statement over its few cases."""
    query = (
        select(Decision.decided_at, Decision.outcome, Decision.reversed_at, Appeal.id, Appeal.state)
        .join(Case, Case.id == Decision.case_id)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(Case.post_id == post_id)
    )
    rows = db.session.execute(query).all()
    open_id = next((row.id for row in rows if row.state == State.OPEN), None)
    against = (row for row in rows if row.outcome != Outcome.KEEP and row.id is None and row.reversed_at is None)
    ends = [row.decided_at + APPEAL_WINDOW for row in against if row.decided_at + APPEAL_WINDOW > now()]
    return Appeals(open_id, max(ends, default=None))


def quoting(post: Post) -> Sequence[Post]:
    """Return posts of the same thread that quote this one by the quote button's line, at most QUOTES_SHOWN."""
    line = f"** · #{post.id}\n"
    query = select(Post).where(Post.thread_id == post.thread_id, Post.id > post.id, Post.body.contains(line))
    return db.session.scalars(query.order_by(Post.id).limit(QUOTES_SHOWN)).all()


def latest() -> datetime | None:
    """Return when the latest purge was, or None."""
    return db.session.scalar(select(Purge.purged_at).order_by(Purge.id.desc()).limit(1))


def owed(limit: int) -> Sequence[Purge]:
    """Return purges whose words may still stand in a file."""
    return db.session.scalars(select(Purge).where(text("swept_at IS NULL")).order_by(Purge.id).limit(limit)).all()
