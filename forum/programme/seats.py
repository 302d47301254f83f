"""Signing up for an item and withdrawing; all under the item's lock, so that places are counted exactly."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.programme import policy, waiting
from forum.programme.models import Attendance, Item, Seat, next_reminder


def sign_up(item_id: int, person: User) -> Attendance:
    """Give the person a place, or one in the waiting list where none is free, and return it; harmless to repeat.

    Raises Forbidden for who may not take part, Conflict for an item that is cancelled or over.
    """
    with transaction() as session:
        item = locked_item(item_id)
        if mine := _of(item.id, person.id):
            return mine
        why_not = policy.why_not_sign_up(person, item)
        if why_not is not None:
            raise (Conflict if item.is_cancelled or item.is_over else Forbidden)(why_not)
        mine = Attendance(item_id=item.id, person_id=person.id, signed_up_at=now())
        _seat(item, mine, Seat.WAITING if item.is_full else Seat.GOING)
        session.add(mine)
        session.flush()
        waiting.fill(item)  # behind those who are still being moved up
        session.refresh(mine)
    return mine


def withdraw(item_id: int, person_id: int) -> bool:
    """Give the person's place up, to whoever waits longest; return whether they had signed up."""
    with transaction() as session:
        item = locked_item(item_id)
        mine = _of(item.id, person_id)
        if mine is None:
            return False
        _count(item, mine.seat, -1)
        session.delete(mine)
        session.flush()
        waiting.fill(item)
    return True


def give_up_all(person_id: int) -> None:
    """Withdraw somebody whose account is deleted from everything, item by item; safe to kill and to repeat."""
    mine = select(Attendance.item_id).where(Attendance.person_id == person_id).order_by(Attendance.item_id).limit(100)
    while ids := db.session.scalars(mine).all():
        for item_id in ids:
            withdraw(item_id, person_id)


def recount_of(person_id: int) -> None:
    """Count the items anew that the person attends: two accounts that both had a place are one now (see records)."""
    ids = db.session.scalars(
        select(Attendance.item_id).where(Attendance.person_id == person_id).order_by(Attendance.item_id)
    )
    for item_id in ids.all():
        item = locked_item(item_id)
        counted = counts(item_id)
        if (item.going_count, item.waiting_count) != counted:
            item.going_count, item.waiting_count = counted
            waiting.fill(item)


def counts(item_id: int) -> tuple[int, int]:
    """Return how many have a place at the item and how many wait, counted from the rows."""
    found: dict[str, Any] = dict(
        db.session.execute(
            select(Attendance.seat, func.count()).where(Attendance.item_id == item_id).group_by(Attendance.seat)
        ).all()
    )
    return found.get(Seat.GOING, 0), found.get(Seat.WAITING, 0)


def _seat(item: Item, attendance: Attendance, seat: Seat) -> None:
    attendance.seat = seat
    attendance.remind_at = next_reminder(item.starts_at, now()) if seat == Seat.GOING else None
    _count(item, seat, 1)


def _count(item: Item, seat: str, by: int) -> None:
    if seat == Seat.GOING:
        item.going_count += by
    else:
        item.waiting_count += by


def _of(item_id: int, person_id: int) -> Attendance | None:
    query = select(Attendance).where(Attendance.item_id == item_id, Attendance.person_id == person_id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def locked_item(item_id: int) -> Item:
    """Return the item under its lock, read anew; NotFound when there is none."""
    item = locked(Item, item_id)
    if item is None:
        raise NotFound
    return item
