"""What the programme adds to the home page: what runs now and what comes next, while an edition runs."""

from __future__ import annotations

from forum.accounts.models import Person
from forum.core.pagecache import holds_until
from forum.programme import queries, times
from forum.threads.plugs import Panel


def now_and_next(viewer: Person) -> Panel | None:
    """Return the panel with the items that run now and those that come next; None where nothing does."""
    items = queries.going_on()
    if not items:
        return None
    for item in items:
        holds_until(item.ends_at)
        holds_until(item.starts_at)
    edition = items[0].edition
    return Panel(
        "programme/_now.html",
        {"edition": edition, "items": items, "clocks": times.clocks(viewer, edition.timezone)},
    )
