"""What the worker does each minute: reminders that are due, and what changed. Both are owed by columns, told once."""

from __future__ import annotations

from sqlalchemy import literal_column, select, update

from forum.core.database import db, locked, now, transaction
from forum.core.jobs import each_or_log, sweeper
from forum.programme import telling
from forum.programme.models import SOON_BEFORE, Attendance, Item, next_reminder

ITEMS_AT_ONCE = 50
# spelled out: a bound value would keep the partial index from serving
_HAS_NEWS = Item.news != literal_column("''")


@sweeper
def reminders_owed() -> None:
    """Remind everybody whose reminder is due, item by item."""
    due = select(Attendance.item_id).where(Attendance.remind_at <= now()).distinct().limit(ITEMS_AT_ONCE)
    each_or_log(remind, db.session.scalars(due).all())


@sweeper
def news_owed() -> None:
    """Tell of items that were moved, cancelled or reinstated."""
    each_or_log(tell_news, db.session.scalars(select(Item.id).where(_HAS_NEWS).limit(ITEMS_AT_ONCE)).all())


def remind(item_id: int) -> None:
    """Remind those of the item who are due, some in each transaction; another worker waits and finds nothing left.

    A day's reminder that comes late (the worker was away) is the one of the last quarter of an hour, if that is near;
    of what has begun nobody is reminded any more.
    """
    while _remind_some(item_id):
        pass


def _remind_some(item_id: int) -> bool:
    with transaction() as session:
        item = locked(Item, item_id)
        if item is None:
            return False
        moment = now()
        query = select(Attendance.id, Attendance.person_id).where(Attendance.item_id == item_id)
        rows = session.execute(query.where(Attendance.remind_at <= moment).limit(telling.AT_ONCE)).all()
        if rows and moment < item.starts_at and not item.is_cancelled:
            what = telling.SOON if moment >= item.starts_at - SOON_BEFORE else telling.DAY
            telling.tell_of_reminder(item, what, [row.person_id for row in rows])
        told = update(Attendance).where(Attendance.id.in_([row.id for row in rows]))
        session.execute(told.values(remind_at=next_reminder(item.starts_at, moment)))
        return len(rows) == telling.AT_ONCE


def tell_news(item_id: int) -> None:
    """Tell everybody who signed up what changed, some in each transaction, and owe it no more.

    Should the item change again meanwhile, it begins anew: everybody is told of the latest.
    """
    after: int | None = 0
    sequence = -1
    while after is not None:
        with transaction():
            item = locked(Item, item_id)
            if item is None or not item.news:
                return
            after, sequence = after if item.sequence == sequence else 0, item.sequence
            after = telling.tell_news(item, after)
            if after is None:
                item.news = ""
