"""iCalendar (RFC 5545): items of the programme as files that calendars read and follow.

No person stands in them. Times are UTC, so that every calendar shows its own clock's, whatever summer time does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, request
from flask_babel import force_locale, gettext

from forum.core import i18n
from forum.mail.addresses import link_to
from forum.programme.models import Item

if TYPE_CHECKING:
    from icalendar import Event

TYPE = "text/calendar"
LOOK_AGAIN = timedelta(hours=1)  # how often calendars that follow are asked to come


def answer(items: Iterable[Item], name: str, filename: str, *, waiting: Collection[int] = ()) -> Response:
    """Return the items as an answer with an ETag, or 304 for a calendar that has them already."""
    body = write(items, name, waiting=waiting)
    response = Response(body, content_type=f"{TYPE}; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{filename}.ics"'
    response.set_etag(hashlib.sha256(body).hexdigest()[:32])
    response.make_conditional(request)
    return response


def write(items: Iterable[Item], name: str, *, waiting: Collection[int] = ()) -> bytes:
    """Return a calendar called `name` in UTF-8; at the items in `waiting` the reader has no place yet."""
    from icalendar import Calendar, vText  # noqa: PLC0415 - 0.05 s, and few requests ask for a calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Gathering//Programme//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for line in ("name", "x-wr-calname"):
        calendar.add(line, vText(name))  # not known to be words: a comma or a line's end would stay what it is
    calendar.add("refresh-interval", LOOK_AGAIN, parameters={"VALUE": "DURATION"})
    for item in items:
        calendar.add_component(_event(item, is_waiting=item.id in waiting))
    return bytes(calendar.to_ical())


def in_language(asked: str) -> Any:
    """Return a context in which words are in the language that an address asks for ("zh…"), else in the page's."""
    return force_locale("zh_Hans" if asked.startswith("zh") else "en") if asked else force_locale(i18n.locale_name())


def lang() -> str:
    """Return the language of the words in force."""
    return i18n.page_lang()


def _event(item: Item, *, is_waiting: bool) -> Event:
    from icalendar import Event  # noqa: PLC0415 - as above

    words = lang()
    event = Event()
    event.add("uid", item.uid)
    event.add("sequence", item.sequence)
    event.add("dtstamp", item.revised_at)
    event.add("last-modified", item.revised_at)
    event.add("dtstart", item.starts_at)
    event.add("dtend", item.ends_at)
    event.add("summary", item.title(words))
    url = link_to("programme.item", item_id=item.id)
    event.add("description", "\n\n".join(filter(None, (_cancelled(item), item.description(words), url))))
    event.add("location", item.place(words) or gettext("Online"))
    event.add("url", url)
    event.add("categories", [item.subtheme.name(words)])
    event.add("status", "CANCELLED" if item.is_cancelled else "TENTATIVE" if is_waiting else "CONFIRMED")
    return event


def _cancelled(item: Item) -> str:
    return gettext("Cancelled: %(reason)s", reason=item.cancel_reason) if item.is_cancelled else ""
