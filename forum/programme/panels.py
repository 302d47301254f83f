"""What the programme adds to other rooms' pages: now and next on the home page, its item at the head of a thread."""

from __future__ import annotations

from forum.accounts.models import Person
from forum.asking.models import LED_BY
from forum.programme import policy, queries, times
from forum.threads.models import Thread
from forum.threads.plugs import Panel


def now_and_next(viewer: Person) -> Panel | None:
    """Return the panel with the items that run now and those that come next, by edition; None where nothing does."""
    groups = queries.going_on()
    if not groups:
        return None
    for items in groups:
        times.holds(items)
    editions = [(items[0].edition, items, times.clocks(viewer, items[0].edition.timezone)) for items in groups]
    return Panel("programme/_now.html", {"editions": editions})


def of_thread(viewer: Person, thread: Thread) -> Panel | None:
    """Return the head of a thread in which an item is discussed or asked about, None for any other.

    One statement, by an index.
    """
    item = queries.item_with_session(thread.id) if thread.led_by == LED_BY else queries.item_of(thread.id)
    if item is None:
        return None
    times.holds([item])
    seat = queries.seats_of(viewer, [item.id]).get(item.id)
    facts = {"item": item, "seat": seat, "clocks": times.clocks(viewer, item.edition.timezone)}
    may_sign_up = seat is None and policy.why_not_sign_up(viewer, item) is None
    return Panel("programme/_in_thread.html", {**facts, "may_sign_up": may_sign_up})
