"""Listeners of this room: two accounts that become one are counted anew, and the doctor counts places."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select

from forum.accounts import records
from forum.core.database import db, locked, transaction
from forum.programme import seats
from forum.programme.models import Item
from forum.threads import recount

BATCH = 500


def connect(_app: Flask) -> None:
    """Fill the plugs of lower rooms, once however many applications are made."""
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
            yield f"item {item_id}: {stored[0]} with a place and {stored[1]} waiting, counted {counted[0]} and {counted[1]}"
        last = ids[-1]
