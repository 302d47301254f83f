"""Listeners of this room: two accounts that become one are counted anew, and the doctor counts places."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select

from forum.accounts import records
from forum.core.database import db, locked, transaction
from forum.programme import panels, seats
from forum.programme.models import Item
from forum.threads import plugs, recount

BATCH = 500


def connect(_app: Flask) -> None:
    """Fill the plugs of lower rooms, once however many applications are made."""
    if panels.now_and_next not in plugs.home_panels:
        plugs.home_panels.append(panels.now_and_next)
    if panels.of_thread not in plugs.thread_heads:
        plugs.thread_heads.append(panels.of_thread)
    if seats.recount_of not in records.recounters:
        records.recounters.append(seats.recount_of)
    if recount_places not in recount.others:
        recount.others.append(recount_places)


def recount_places(*, fix: bool = False) -> Iterator[str]:
    """Yield every item whose counters differ from its rows, and set them right with `fix`."""
    last = 0
    while ids := db.session.scalars(select(Item.id).where(Item.id > last).order_by(Item.id).limit(BATCH)).all():
        for item_id in ids:
            with transaction():
                item = locked(Item, item_id)
                assert item
                stored, counted = (item.going_count, item.waiting_count), seats.counts(item_id)
                if stored == counted:
                    continue
                if fix:
                    item.going_count, item.waiting_count = counted
            yield f"item {item_id}: places and waiting list are {stored}, counted {counted}"
        last = ids[-1]
