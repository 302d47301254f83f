"""Paging by key and by position: a page costs the same at its list's beginning and end. Never OFFSET or COUNT."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

Item = TypeVar("Item")
LARGEST_ID = 2**31 - 1  # what an integer column holds on every engine
DIGITS = 10  # that many LARGEST_ID has


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list by key: its items and the cursor of the next page ("" at the end)."""

    items: Sequence[Item]
    next_cursor: str = ""


class Row(Protocol):
    """What is listed by its id."""

    id: Any


Listed = TypeVar("Listed", bound=Row)


def first_page(found: Sequence[Listed], size: int) -> Page[Listed]:
    """Return the first `size` of what was found; where it is more (ask for one more), the last one's id leads on."""
    shown = found[:size]
    return Page(shown, str(shown[-1].id) if len(found) > size else "")


@dataclass(frozen=True)
class Positions:
    """One page of a list whose rows carry positions 1…last: the page's number, count and borders."""

    number: int
    pages: int
    first: int
    last: int

    @property
    def previous(self) -> int | None:
        """The number of the page before, or None."""
        return self.number - 1 if self.number > 1 else None

    @property
    def next(self) -> int | None:
        """The number of the page after, or None."""
        return self.number + 1 if self.number < self.pages else None


def positions(number: int, last_position: int, size: int) -> Positions | None:
    """Return page `number` (1-based) of a list with positions 1…last_position, or None beyond its end."""
    pages = max(1, -(-last_position // size))
    if not 1 <= number <= pages:
        return None
    return Positions(number, pages, (number - 1) * size + 1, number * size)


def page_of(position: int, size: int) -> int:
    """Return the number of the page that holds `position`."""
    return max(1, -(-position // size))


def id_in(value: str | None) -> int | None:
    """Return the whole number that a form, link or query carries, or None for none or nonsense.

    Plain ASCII digits up to LARGEST_ID; 0 too, which is nobody's id and before every page.
    """
    fits = value and value.isascii() and value.isdecimal() and len(value) <= DIGITS
    return int(value) if fits and value and int(value) <= LARGEST_ID else None


def cursor(moment: datetime, row_id: int) -> str:
    """Return an opaque cursor after the row with `moment` and `row_id`, in microseconds."""
    micros = int(moment.timestamp()) * 1_000_000 + moment.microsecond
    return base64.urlsafe_b64encode(f"{micros}.{row_id}".encode()).decode().rstrip("=")


def after_cursor(value: str) -> tuple[datetime, int] | None:
    """Return the moment and id in a cursor, or None when it is not one of ours (the list then starts anew)."""
    try:
        micros, _, row_id = base64.urlsafe_b64decode(value + "=" * (-len(value) % 4)).decode().partition(".")
        moment = datetime.fromtimestamp(int(micros) // 1_000_000, UTC).replace(microsecond=int(micros) % 1_000_000)
        return (moment, int(row_id)) if 0 <= int(row_id) <= LARGEST_ID and len(row_id) < 20 else None
    except (ValueError, OverflowError, OSError, binascii.Error):
        return None
