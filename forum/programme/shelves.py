"""How a page of many items is ordered: by the reader's days, or by sub-theme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from forum.programme import times
from forum.programme.models import Item
from forum.subthemes.models import SubTheme


@dataclass(frozen=True)
class Shelf:
    """Items under one heading; `anchor` is its place on the page. A day of a track has its words at the item."""

    anchor: str
    items: Sequence[Item]
    words: str = ""
    short: str = ""
    subtheme: SubTheme | None = None


def by_day(items: Sequence[Item], clocks: times.Clocks) -> list[Shelf]:
    """Return a shelf for each day of the reader's clock, in order."""
    days = groupby(items, lambda item: clocks.day(item.starts_at))
    return [
        Shelf(f"day-{day.isoformat()}", list(found), times.long_day(day), times.short_day(day)) for day, found in days
    ]


def by_track(items: Sequence[Item]) -> list[Shelf]:
    """Return a shelf for each sub-theme that has items, in the order of the sub-themes."""
    found: dict[int, list[Item]] = {}
    for item in items:
        found.setdefault(item.subtheme_id, []).append(item)
    return [Shelf(track.slug, found[track.id], subtheme=track) for track in tracks(items)]


def tracks(items: Sequence[Item]) -> list[SubTheme]:
    """Return the sub-themes that have items, in their order."""
    known = {item.subtheme_id: item.subtheme for item in items}
    return sorted(known.values(), key=lambda subtheme: (subtheme.position, subtheme.id))
