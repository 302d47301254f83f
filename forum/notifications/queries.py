"""Reading notices: somebody's own, and those that a mail tells of. Every list is bounded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, or_, select
from sqlalchemy.orm import contains_eager, joinedload, load_only

from forum.accounts import ties
from forum.accounts.models import Person, User
from forum.accounts.reading import MOMENT
from forum.config import PAGE_SIZE
from forum.core.database import db, now
from forum.core.paging import Page
from forum.notifications.models import Notification, Watch
from forum.threads import policy
from forum.threads.models import Post, State, Thread

Seen = tuple[Notification, Post | None]  # a notice, and its post if the person may see that now

OF_A_THREAD = ("answer", "reply", "watch")  # kinds of notices that muting the thread ends
UNREAD_MOST = 100  # counting stops here; the header then says "99+"

# spelled out: a bound value would keep the partial index from serving
_VISIBLE: ColumnElement[str] = literal_column(f"'{State.VISIBLE}'")


def is_delivered() -> ColumnElement[bool]:
    """Return the condition that a notice waits for nobody's morning (any more)."""
    return or_(Notification.held_until.is_(None), Notification.held_until <= now())


def unread(user_id: int) -> int:
    """Return how many notices the person has not read, counted up to UNREAD_MOST."""
    some = (
        select(Notification.id)
        .where(Notification.user_id == user_id, Notification.read_at.is_(None), is_delivered())
        .limit(UNREAD_MOST)
        .subquery()
    )
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def unread_of_reader() -> ColumnElement[int]:
    """The same as a column of the statement about who reads a kept page (accounts/reading.py)."""
    delivered = or_(Notification.held_until.is_(None), Notification.held_until <= MOMENT)
    mine = Notification.user_id == User.id, Notification.read_at.is_(None)
    some = select(Notification.id).where(*mine, delivered).correlate(User).limit(UNREAD_MOST).subquery()
    return select(func.count()).select_from(some).correlate(User).scalar_subquery()


def page(viewer: Person, before: int | None) -> Page[Seen]:
    """Return the person's notices, newest first."""
    query = _seen_by(viewer).order_by(Notification.id.desc()).limit(PAGE_SIZE + 1)
    if before:
        query = query.where(Notification.id < before)
    rows = [_shown(viewer, notice, post) for notice, post in db.session.execute(query)]
    more = len(rows) > PAGE_SIZE
    return Page(rows[:PAGE_SIZE], str(rows[PAGE_SIZE - 1][0].id) if more else "")


def own(viewer: Person, notification_id: int) -> Seen | None:
    """Return the person's notice with this id, or None."""
    row = db.session.execute(_seen_by(viewer).where(Notification.id == notification_id)).first()
    return _shown(viewer, row[0], row[1]) if row else None


def unread_among(viewer: User, ids: Sequence[int]) -> list[Seen]:
    """Return those of the person's notices that are unread and may be told of in a mail now, oldest first.

    A post of somebody else must be visible to everybody at this moment: what is hidden or held is never mailed, nor
    what somebody wrote whom the person keeps away by now, nor what is new in a thread that they muted. That one's own
    post was removed is told, though it is not shown any more.
    """
    query = _seen_by(viewer).where(Notification.id.in_(ids), Notification.read_at.is_(None)).order_by(Notification.id)
    found = [(_shown(viewer, notice, post), post) for notice, post in db.session.execute(query)]
    rows = [seen for seen, post in found if (post and post.author_id == viewer.id) or _is_tellable(*seen)]
    away = ties.among(viewer.id, {post.author_id for _, post in rows if post})
    muted = _muted(viewer.id, {post.thread_id for _, post in rows if post})
    return [
        (notice, post)
        for notice, post in rows
        if post is None or (post.author_id not in away and not (post.thread_id in muted and notice.kind in OF_A_THREAD))
    ]


def _is_tellable(notice: Notification, post: Post | None) -> bool:
    if notice.post_id is None:
        return True
    return post is not None and post.state == State.VISIBLE and post.thread.state == State.VISIBLE


def _muted(user_id: int, thread_ids: Collection[int]) -> set[int]:
    if not thread_ids:
        return set()
    mine = select(Watch.thread_id).where(Watch.user_id == user_id, Watch.thread_id.in_(thread_ids))
    return set(db.session.scalars(mine.where(Watch.muted)))


def threads_mailed(user_id: int) -> set[int]:
    """Return the threads of which a mail has told the person and which they have not visited since."""
    query = select(Post.thread_id).join(Notification, Notification.post_id == Post.id).distinct()
    told = query.where(Notification.user_id == user_id, Notification.read_at.is_(None))
    return set(db.session.scalars(told.where(Notification.mailed_at.is_not(None), Post.state == _VISIBLE)))


def threads_of(notices: Iterable[Notification]) -> dict[int, int]:
    """Return the threads of the notices, by the id of their post."""
    ids = {notice.post_id for notice in notices if notice.post_id}
    query = select(Post.id, Post.thread_id).where(Post.id.in_(ids))
    return {row.id: row.thread_id for row in db.session.execute(query)} if ids else {}


def unread_about(places: Collection[tuple[int, int]]) -> Sequence[Any]:
    """Return the unread notices of these people about posts in these threads, as (person, thread), with positions."""
    if not places:
        return []
    query = select(Notification.id, Notification.user_id, Notification.kind, Post.thread_id, Post.position)
    query = query.join(Post, Post.id == Notification.post_id).where(
        Notification.user_id.in_({user_id for user_id, _ in places}),
        Notification.read_at.is_(None),
        Post.thread_id.in_({thread_id for _, thread_id in places}),
    )
    return [row for row in db.session.execute(query) if (row.user_id, row.thread_id) in places]


def owed_mail(limit: int) -> Sequence[int]:
    """Return people who are owed a mail about unread notices now, by id."""
    query = select(Notification.user_id).where(Notification.mail_due_at <= now()).distinct()
    return db.session.scalars(query.order_by(Notification.user_id).limit(limit)).all()


def due_for_mail(user_id: int, limit: int) -> Sequence[Notification]:
    """Return the person's notices whose mail is due, oldest first."""
    query = select(Notification).where(Notification.user_id == user_id, Notification.mail_due_at <= now())
    return db.session.scalars(query.order_by(Notification.id).limit(limit)).all()


def _seen_by(viewer: Person) -> Select[Notification, Post]:
    """Select the person's notices with their posts and threads; no text of a post is loaded."""
    return (
        select(Notification, Post)
        .outerjoin(Post, Post.id == Notification.post_id)
        .outerjoin(Thread, Thread.id == Post.thread_id)
        .where(Notification.user_id == viewer.id, is_delivered())
        .options(
            joinedload(Notification.actor),
            load_only(Post.id, Post.thread_id, Post.author_id, Post.state, Post.position),
            contains_eager(Post.thread).load_only(Thread.id, Thread.title, Thread.state, Thread.author_id),
        )
    )


def _shown(viewer: Person, notice: Notification, post: Post | None) -> Seen:
    return notice, post if post and policy.sees_post(viewer, post) else None
