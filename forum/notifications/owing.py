"""Who is to get notices of a post, and which posts and credentials owe some: what the worker asks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, literal_column, select

from forum.accounts.models import Standing, User
from forum.core.audit import AuditEntry
from forum.core.database import db, now
from forum.core.jobs import Waiting
from forum.experts.models import Credential
from forum.notifications.models import Notification, Watch
from forum.threads.models import Post, PostMention, State

CREDENTIALS_LOOKED_BACK = timedelta(days=90)  # how long the worker may have been away

# spelled out: a bound value would keep the partial index from serving
_VISIBLE: ColumnElement[str] = literal_column(f"'{State.VISIBLE}'")


def thread_of(post_id: int) -> int | None:
    """Return the id of the thread that the post stands in, or None when there is no such post."""
    return db.session.scalar(select(Post.thread_id).where(Post.id == post_id))


def watchers(thread_id: int) -> tuple[set[int], list[int]]:
    """Return who has muted the thread, and who follows it."""
    rows = db.session.execute(select(Watch.user_id, Watch.muted).where(Watch.thread_id == thread_id)).all()
    return {user_id for user_id, muted in rows if muted}, [user_id for user_id, muted in rows if not muted]


def without_unread_watch(user_ids: Iterable[int], thread_id: int) -> list[int]:
    """Return those of `user_ids` who have no unread "new posts in a thread that you follow" about this thread."""
    waiting = (
        select(Notification.user_id)
        .join(Post, Post.id == Notification.post_id)
        .join(Watch, (Watch.user_id == Notification.user_id) & (Watch.thread_id == thread_id))
        .where(Notification.read_at.is_(None), Notification.kind == "watch", Post.thread_id == thread_id)
    )
    told = set(db.session.scalars(waiting))
    return [user_id for user_id in user_ids if user_id not in told]


def authors_of(post_ids: Sequence[int]) -> list[int]:
    """Return the authors of those of the posts that everybody sees."""
    if not post_ids:
        return []
    return list(db.session.scalars(select(Post.author_id).where(Post.id.in_(post_ids), Post.state == State.VISIBLE)))


def mentioned_in(post_id: int, most: int) -> list[int]:
    """Return whom the post names, at most `most` people."""
    query = select(PostMention.user_id).where(PostMention.post_id == post_id).order_by(PostMention.user_id).limit(most)
    return list(db.session.scalars(query))


def not_closed(user_ids: Collection[int]) -> set[int]:
    """Return those of the people whose account was not deleted."""
    if not user_ids:
        return set()
    return set(db.session.scalars(select(User.id).where(User.id.in_(user_ids), User.standing != Standing.CLOSED)))


def nights(user_ids: Collection[int]) -> dict[int, Any]:
    """Return by their ids those of these people who have not left, with what `accounts.quiet` asks of a person."""
    if not user_ids:
        return {}
    asked = select(User.id, User.timezone, User.quiet_hours, User.age_band)
    found = db.session.execute(asked.where(User.id.in_(user_ids), User.standing != Standing.CLOSED))
    return {row.id: row for row in found}


def posts_owing_notices(after: int, limit: int) -> list[int]:
    """Return the next visible posts that nobody was told of, by id."""
    query = (
        select(Post.id)
        .where(Post.notified_at.is_(None), Post.state == _VISIBLE, Post.id > after)
        .order_by(Post.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def waiting() -> Waiting:
    """Return how many posts and credentials owe notices, and since when the oldest does."""
    since = case((Post.state_at > Post.published_at, Post.state_at), else_=Post.published_at)  # restored, or new
    query = select(func.count(), func.min(since, type_=Post.published_at.type))
    count, oldest = db.session.execute(query.where(Post.notified_at.is_(None), Post.state == _VISIBLE)).one()
    credentials = credentials_owing_notices()
    moments = [*credentials.values(), *([oldest] if oldest else [])]
    return Waiting(count + len(credentials), min(moments, default=None))


def credentials_owing_notices() -> dict[int, datetime]:
    """Return the credentials granted or revoked of late that their holders were not told of, with when it happened.

    The public log says so, in the same commit. An import's are not in it, and those of the samples are dated back:
    they concern nobody today.
    """
    log = select(AuditEntry.target, func.max(AuditEntry.at)).where(
        AuditEntry.act.in_(("credential.granted", "credential.revoked")),
        AuditEntry.at >= now() - CREDENTIALS_LOOKED_BACK,
    )
    changes = db.session.execute(log.group_by(AuditEntry.target))
    moments = {int(target.rpartition(":")[2]): moment for target, moment in changes}
    changed = db.session.scalars(select(Credential).where(Credential.id.in_(moments))).all() if moments else ()
    holders = {credential.user_id for credential in changed}
    told = select(Notification.key).where(Notification.user_id.in_(holders), Notification.kind == "credential")
    keys = set(db.session.scalars(told)) if holders else set()
    owing = (each for each in changed if credential_key(each) not in keys)
    return {each.id: moments[each.id] for each in owing if not _dated_back(each, moments[each.id])}


def _dated_back(credential: Credential, written_at: datetime) -> bool:
    return (credential.revoked_at or credential.granted_at) < written_at - timedelta(days=1)


def credential_key(credential: Credential) -> str:
    """Return the key of the notice about the credential's present state."""
    return f"credential:{credential.id}:{'revoked' if credential.revoked_at else 'granted'}"
