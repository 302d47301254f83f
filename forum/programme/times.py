"""Days and hours of a programme as somebody reads them: by their own clock, with the venue's beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Protocol

from babel import Locale, dates
from flask_babel import get_locale, gettext

from forum.core import i18n
from forum.core.database import now
from forum.core.pagecache import holds_until


class Span(Protocol):
    """What lies between two moments."""

    @property
    def starts_at(self) -> datetime:
        """When it begins."""

    @property
    def ends_at(self) -> datetime:
        """When it ends."""


class NoSuchTime(ValueError):
    """The clocks of the zone leave this hour out."""


@dataclass(frozen=True)
class Clocks:
    """Two time zones by name: whose times stand first, and whose beside them ("" where both are the same)."""

    first: str
    beside: str

    def day(self, moment: datetime) -> date:
        """Return the day of a moment by the first clock."""
        return moment.astimezone(i18n.zone(self.first)).date()

    def short_day_of(self, span: Span) -> str:
        """Return the day on which something begins, short."""
        return short_day(self.day(span.starts_at))

    def other_day(self, span: Span) -> str:
        """Return the day on which something begins, short, if that is not today; "" for today."""
        return "" if self.day(span.starts_at) == self.day(now()) else self.short_day_of(span)

    def long_day_of(self, span: Span) -> str:
        """Return the day on which something begins, in full."""
        return long_day(self.day(span.starts_at))

    def hours(self, span: Span) -> str:
        """Return "14:00 – 15:30" by the first clock; the day of its end too, if that is another one."""
        return _hours(span, self.first)

    def hours_beside(self, span: Span) -> str:
        """Return the hours by the other clock with its city, and its day where that is another one; "" for none."""
        if not self.beside:
            return ""
        return f"{city(self.beside)} {_hours(span, self.beside, known=self.day(span.starts_at))}"

    @property
    def first_city(self) -> str:
        """The city of the first clock."""
        return city(self.first)

    @property
    def beside_city(self) -> str:
        """The city of the other clock, or ""."""
        return city(self.beside) if self.beside else ""


def clocks(person: Any, venue: str) -> Clocks:
    """Return whose clocks a reader sees: their own and the venue's; without one of their own the venue's and UTC."""
    own = person.timezone if person.is_authenticated else ""
    first, beside = (own, venue) if own else (venue, "UTC")
    return Clocks(first, "" if first == beside else beside)


def holds(spans: Iterable[Span]) -> None:
    """Say that a kept page with these is another one when each begins, and when it ends."""
    for span in spans:
        holds_until(span.starts_at)
        holds_until(span.ends_at)


def city(name: str) -> str:
    """Return what a zone is called: its city in the page's language."""
    return name if name == "UTC" else i18n.city(name, _locale())


def long_day(day: date) -> str:
    """Return "Tuesday, November 24, 2026" in the page's language."""
    return dates.format_date(day, "full", locale=_locale())


def short_day(day: date) -> str:
    """Return "Tue, Nov 24"."""
    return dates.format_skeleton("MMMEd", datetime.combine(day, datetime.min.time()), locale=_locale())


def days(first: date, last: date) -> str:
    """Return the days of an edition: "November 19, 2021", or both ends."""
    begin, end = (dates.format_date(day, "long", locale=_locale()) for day in (first, last))
    return begin if first == last else gettext("%(first)s to %(last)s", first=begin, last=end)


def at_venue(typed: datetime, timezone: str, former: datetime | None = None) -> datetime:
    """Return the moment that a clock at the venue shows as `typed` (naive); NoSuchTime for an hour that is left out.

    Of an hour that comes twice it is the first, unless `former`, the moment kept until now, is the other one.
    """
    there = i18n.zone(timezone)
    if former is not None and former.astimezone(there).replace(tzinfo=None) == typed:
        return former
    moment = typed.replace(tzinfo=there).astimezone(UTC)
    if moment.astimezone(there).replace(tzinfo=None) != typed:
        raise NoSuchTime(timezone)
    return moment


def typed_at(moment: datetime, timezone: str) -> datetime:
    """Return what a clock at the venue shows at a moment, naive, for the field of a form."""
    return moment.astimezone(i18n.zone(timezone)).replace(tzinfo=None)


def full(span: Span, timezone: str) -> str:
    """Return day, hours and city in one line, for letters and notices."""
    day = short_day(span.starts_at.astimezone(i18n.zone(timezone)).date())
    return gettext("%(day)s, %(hours)s (%(city)s)", day=day, hours=_hours(span, timezone), city=city(timezone))


def _hours(span: Span, timezone: str, known: date | None = None) -> str:
    """Return both ends by the clock of a zone, a day in brackets where it is not the one before; `known` stands above.

    "14:00 – 15:30", "23:00 – 00:30 (Tue, Nov 24)", beside a Tuesday "23:00 (Mon, Nov 23) – 00:30 (Tue, Nov 24)" and
    "22:00 – 23:00 (Mon, Nov 23)".
    """
    there = i18n.zone(timezone)
    begin, end = (
        dates.format_time(moment, "short", tzinfo=there, locale=_locale()) for moment in (span.starts_at, span.ends_at)
    )
    first, last = (moment.astimezone(there).date() for moment in (span.starts_at, span.ends_at))
    known = known or first
    if first not in (known, last):
        begin = f"{begin} {_in_brackets(first)}"
    return f"{begin} – {end}" if first == last == known else f"{begin} – {end} {_in_brackets(last)}"


def _in_brackets(day: date) -> str:
    """Return "(Tue, Nov 24)" that stands in one line."""
    return f"({short_day(day)})".replace(" ", "\xa0")


def _locale() -> Locale:
    return get_locale() or Locale("en")
