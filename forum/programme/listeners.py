"""Listeners of this room: panels on other rooms' pages; merged accounts are counted anew; the doctor counts places."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask
from sqlalchemy import select

from forum.accounts import records
from forum.asking import page
from forum.core.database import db, locked, transaction
from forum.core.plugs import fill
from forum.programme import panels, seats
from forum.programme.models import Item
from forum.threads import plugs, recount

BATCH = 500


def connect(_app: Flask) -> None:
    """Fill the plugs of lower rooms, once however many applications are made."""
    fill(plugs.home_panels, panels.now_and_next)
    fill(plugs.thread_heads, panels.of_thread)
    fill(page.heads, panels.of_thread)
    fill(records.recounters, seats.recount_of)
    fill(recount.others, recount_places)


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
