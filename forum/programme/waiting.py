"""The waiting list moves up by itself: some people in each transaction, first come first served, told once."""

from __future__ import annotations

import logging
from itertools import repeat

from sqlalchemy import literal_column, or_, select, update

from forum.core.database import db, locked, now, transaction
from forum.core.jobs import sweeper
from forum.programme import telling
from forum.programme.models import Attendance, Item, Seat, next_reminder

log = logging.getLogger(__name__)
ITEMS_AT_ONCE = 50
STEPS_AT_ONCE = 50  # of one item in one sweep, telling.AT_ONCE people each: other work waits as well
# spelled out: a bound value would keep the partial index from serving
_SOMEBODY_WAITS = Item.waiting_count > literal_column("0")


def fill(item: Item) -> bool:
    """Give free places of a locked item to some of those who wait longest, who are told; joins the caller.

    Return whether there may be more to give: the sweep goes on with that. A few statements, however many wait.
    """
    free = min(_free(item), telling.AT_ONCE)
    if free <= 0:
        return False
    db.session.flush()
    waiting = select(Attendance.id, Attendance.person_id).where(
        Attendance.item_id == item.id, Attendance.seat == Seat.WAITING
    )
    lucky = db.session.execute(waiting.order_by(Attendance.signed_up_at, Attendance.id).limit(free)).all()
    moved = update(Attendance).where(Attendance.id.in_([row.id for row in lucky]))
    db.session.execute(moved.values(seat=Seat.GOING, remind_at=next_reminder(item.starts_at, now())))
    item.waiting_count -= len(lucky)
    item.going_count += len(lucky)
    telling.tell_of_places(item, {row.person_id: row.id for row in lucky})
    return len(lucky) == free and _free(item) > 0


@sweeper
def places_owed() -> None:
    """Move up whoever still waits although places are free: what a larger room left to do."""
    query = select(Item.id).where(
        _SOMEBODY_WAITS,
        Item.cancelled_at.is_(None),
        Item.ends_at > now(),
        or_(Item.capacity.is_(None), Item.capacity > Item.going_count),
    )
    for item_id in db.session.scalars(query.order_by(Item.id).limit(ITEMS_AT_ONCE)).all():
        try:
            move_up(item_id)
        except Exception:  # one item must not keep the others waiting
            log.exception("nobody could be moved up at item %s", item_id)
            db.session.rollback()


def move_up(item_id: int) -> None:
    """Fill the item, each step a transaction of its own: safe to kill and to repeat, also by two workers at once."""
    for step in repeat(_step, STEPS_AT_ONCE):
        if not step(item_id):
            return


def _step(item_id: int) -> bool:
    with transaction():
        item = locked(Item, item_id)
        return item is not None and fill(item)


def _free(item: Item) -> int:
    """Return how many of those who wait could have a place now."""
    if item.is_cancelled or item.is_over:
        return 0
    return item.waiting_count if item.capacity is None else min(item.capacity - item.going_count, item.waiting_count)
