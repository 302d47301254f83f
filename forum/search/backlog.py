"""How much the index is owed, and for how long: for `flask doctor`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.jobs import Waiting
from forum.threads.models import Post

BATCH = 5_000
_OWED = Post.indexed_version != Post.index_version


def waiting() -> Waiting:
    """Return how many posts wait for the index and, for those written here, since when.

    A post waits since the latest change to it, to its thread's opening (title, state) or of its thread's place. Since
    when an imported one waits is not known: its own times come from elsewhere.
    """
    count = waiting_count()
    return Waiting(count, _oldest() if count else None)


def waiting_count() -> int:
    """Return how many posts wait; by their index, which is empty when none does."""
    return db.session.scalar(select(func.count()).select_from(Post).where(_OWED)) or 0


def _oldest() -> datetime | None:
    moved, oldest, last = _moves(), None, 0
    opening = aliased(Post)
    query = (
        select(Post.id, Post.thread_id, Post.created_at, Post.edited_at, Post.state_at)
        .add_columns(opening.edited_at, opening.state_at)
        .outerjoin(opening, (opening.thread_id == Post.thread_id) & (opening.position == 1))
        .where(_OWED, Post.source_id.is_(None) | (Post.indexed_version > 0))
        .order_by(Post.id)
        .limit(BATCH)
    )
    while rows := db.session.execute(query.where(Post.id > last)).all():
        last = rows[-1][0]
        for _id, thread_id, *changes in rows:
            moment = max(change for change in (*changes, moved.get(thread_id)) if change)
            oldest = moment if oldest is None else min(oldest, moment)
    return oldest


def _moves() -> dict[int, datetime]:
    """Return when threads were moved last, by thread."""
    query = select(AuditEntry.target, func.max(AuditEntry.at)).where(AuditEntry.act == "thread.moved")
    found = db.session.execute(query.group_by(AuditEntry.target))
    return {int(target.rpartition(":")[2]): moment for target, moment in found}
