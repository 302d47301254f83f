"""What people have read and done, and what is unread. Every statement is bounded by the page or batch it is for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case, func, literal_column, select, union

from forum.accounts.models import Standing, User
from forum.core.database import db
from forum.notifications.models import Notification
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.marks import FirstUnread
from forum.threads.models import Post, Thread
from forum.trust.models import ReadingDay, ThreadRead
from forum.trust.policy import Begun, Deeds, Numbers, Record

HEARD = ("reply", "quote", "answer")  # notices that say that somebody took up what one wrote

# Decisions against what these people wrote since a moment, by person: moderation, which stands above, counts here.
strike_counters: list[Callable[[Collection[int], datetime], dict[int, int]]] = []


def positions_read(user_id: int, thread_ids: Collection[int]) -> dict[int, int]:
    """Return how far the person has read those of the threads that they know."""
    if not thread_ids:
        return {}
    query = select(ThreadRead.thread_id, ThreadRead.position)
    rows = db.session.execute(query.where(ThreadRead.user_id == user_id, ThreadRead.thread_id.in_(thread_ids)))
    return {row.thread_id: row.position for row in rows}


def first_unread(user_id: int, thread_id: int, noted: int) -> FirstUnread | None:
    """Return the first visible post behind what was read (`noted`: so far only in memory), None if nothing was."""
    row = func.coalesce(func.max(ThreadRead.position), 0)
    # one bound and no second one: SQLite goes along the index from the first that it meets, through what was read
    read = (
        select(case((row > noted, row), else_=noted))
        .where(ThreadRead.user_id == user_id, ThreadRead.thread_id == thread_id)
        .scalar_subquery()
    )
    query = (
        select(Post.id, Post.position)
        .where(Post.thread_id == thread_id, POST_VISIBLE, Post.position > read, read > 0)
        .order_by(Post.position)
        .limit(1)
    )
    found = db.session.execute(query).first()
    return FirstUnread(found.id, found.position or 0) if found else None


def candidates(after: int, since: datetime, limit: int) -> list[int]:
    """Return the next people whose level may have changed: those who read since then, and all regulars."""
    readers = select(ReadingDay.user_id).where(ReadingDay.day >= since.date(), ReadingDay.user_id > after)
    regulars = select(User.id).where(User.trust_level == literal_column("3"), User.id > after)
    both = union(readers, regulars).subquery()
    return list(db.session.scalars(select(both.c.user_id).order_by(both.c.user_id).limit(limit)))


def levels(user_ids: Collection[int]) -> dict[int, int]:
    """Return the levels of those of the people whose accounts are in use."""
    query = select(User.id, User.trust_level).where(User.id.in_(user_ids), User.standing == Standing.ACTIVE)
    return {row.id: row.trust_level for row in db.session.execute(query)}


def records(user_ids: Collection[int], moment: datetime, numbers: Numbers) -> dict[int, Record]:
    """Return what each person did, ever and within the window that ends at `moment`; few statements for all."""
    since = moment - timedelta(days=numbers["3_WINDOW_DAYS"])
    ids = list(user_ids)
    reading, opened = _reading(ids, since), _opened(ids, since)
    replied, people = _replied(ids, since), _people(ids, since)
    strikes: Counter[int] = Counter()
    for count in strike_counters:
        strikes.update(count(ids, since))  # a Counter adds
    found = {}
    for user_id in ids:
        read = reading.get(user_id, (0,) * 6)
        wrote, heard = replied.get(user_id, (0, 0)), people.get(user_id, (0, 0))
        ever = Deeds(read[0], read[1], read[2] // 60, read[3], wrote[0], heard[0])
        lately = Deeds(opened.get(user_id, 0), read[4], 0, read[5], wrote[1], heard[1])
        found[user_id] = Record(ever, lately, strikes[user_id])
    return found


def _reading(ids: list[int], since: datetime) -> dict[int, tuple[int, ...]]:
    """Return threads, posts, seconds and days ever; posts and days lately."""
    lately = ReadingDay.day >= since.date()
    query = select(
        ReadingDay.user_id,
        func.sum(ReadingDay.threads),
        func.sum(ReadingDay.posts),
        func.sum(ReadingDay.seconds),
        func.count(),
        func.sum(case((lately, ReadingDay.posts), else_=0)),
        func.sum(case((lately, 1), else_=0)),
    )
    return _numbers(query.where(ReadingDay.user_id.in_(ids)).group_by(ReadingDay.user_id))


def _opened(ids: list[int], since: datetime) -> dict[int, int]:
    query = select(ThreadRead.user_id, func.count()).where(ThreadRead.user_id.in_(ids), ThreadRead.read_at >= since)
    return {user_id: row[0] for user_id, row in _numbers(query.group_by(ThreadRead.user_id)).items()}


def _replied(ids: list[int], since: datetime) -> dict[int, tuple[int, ...]]:
    """Return in how many threads of others they have a visible reply, ever and lately."""
    lately = case((Post.created_at >= since, Post.thread_id))
    query = (
        select(Post.author_id, func.count(func.distinct(Post.thread_id)), func.count(func.distinct(lately)))
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.author_id.in_(ids), POST_VISIBLE, Post.position > 1, Thread.author_id != Post.author_id)
    )
    return _numbers(query.group_by(Post.author_id))


def _people(ids: list[int], since: datetime) -> dict[int, tuple[int, ...]]:
    """Return how many different people replied to them or quoted them, ever and lately, in posts still to be seen."""
    lately = case((Notification.created_at >= since, Notification.actor_id))
    query = (
        select(
            Notification.user_id,
            func.count(func.distinct(Notification.actor_id)),
            func.count(func.distinct(lately)),
        )
        .join(Post, Post.id == Notification.post_id)
        .where(Notification.user_id.in_(ids), Notification.kind.in_(HEARD), POST_VISIBLE)
    )
    return _numbers(query.group_by(Notification.user_id))


def _numbers(query: Any) -> dict[int, tuple[int, ...]]:
    return {row[0]: tuple(int(value or 0) for value in row[1:]) for row in db.session.execute(query)}


def begun(moment: datetime, numbers: Numbers) -> Begun:
    """Return what was begun within the window; no further back than the table's most can tell a difference."""
    since = moment - timedelta(days=numbers["3_WINDOW_DAYS"])
    most = numbers["3_THREADS_MOST"] * 100 // max(1, numbers["3_THREADS_PERCENT"])
    latest = (
        select(Thread.created_at, Thread.reply_count)
        .where(THREAD_VISIBLE)
        .order_by(Thread.id.desc())
        .limit(most)
        .subquery()
    )
    row = db.session.execute(
        select(func.count(), func.coalesce(func.sum(latest.c.reply_count + 1), 0)).where(latest.c.created_at >= since)
    ).one()
    return Begun(int(row[0]), int(row[1]))


def raised_to_the_top(user_id: int) -> datetime | None:
    """Return when the person was last told of the top level, or None."""
    return db.session.scalar(
        select(func.max(Notification.created_at)).where(
            Notification.user_id == user_id, Notification.kind == "trust", Notification.key.like("trust:3:%")
        )
    )
