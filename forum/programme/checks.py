"""What an edition or an item has to be before it is written: asked by the actions, inside their transactions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from forum.accounts.models import User
from forum.accounts.zones import ZONES
from forum.asking import queries as sessions
from forum.core.database import db
from forum.core.errors import Conflict, Forbidden, Refused
from forum.core.i18n import zone
from forum.programme import policy, streams
from forum.programme.models import Edition, Item, Kind
from forum.threads.models import Thread

LONGEST_EDITION = timedelta(days=30)
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 1, 1)  # a day at the calendar's end can't be shown in every zone
CAPACITY_MOST = 100_000


def check_edition(fields: Mapping[str, Any], by: User | None) -> None:
    """Raise Refused or Forbidden for an edition that can not be written so; by None it is the operator."""
    if not policy.may_plan(by):
        raise Forbidden(_l("Only an administrator plans editions."))
    check_edition_days(fields["starts_on"], fields["ends_on"])
    if fields["timezone"] not in (*ZONES, "UTC"):
        raise Refused(_l("Choose one of these time zones."))
    if not fields["name_en"] or not fields["name_zh"]:
        raise Refused(_l("Please give its name in both languages."))


def check_edition_days(first: object, last: object) -> None:
    """Raise Refused for days that no edition has."""
    if not isinstance(first, date) or not isinstance(last, date):
        raise Refused(_l("Write a date."))
    if not FIRST_DAY <= first <= LAST_DAY:
        raise Refused(_l("An edition lies between the years 2000 and 2100."))
    if not first <= last <= first + LONGEST_EDITION:
        raise Refused(_l("The last day can't be before the first, nor a month after it."))


def check_item(
    edition: Edition, subtheme_id: int, fields: Mapping[str, Any], by: User, item: Item | None = None
) -> None:
    """Raise Refused or Forbidden for an item that can not be written so; `item` is the one that is changed."""
    check_keeper(subtheme_id, by)
    if fields["kind"] not in set(Kind) or fields["lang"] not in ("", "en", "zh"):
        raise Refused(_l("Choose one of these."))
    if not fields["title_en"] or not fields["title_zh"]:
        raise Refused(_l("Please give its title in both languages."))
    if fields["starts_at"] >= fields["ends_at"]:
        raise Refused(_l("It has to end after it begins."))
    if fields["capacity"] is not None and not 1 <= fields["capacity"] <= CAPACITY_MOST:
        raise Refused(_l("The number of places must be a whole number from 1, or nothing for any number."))
    streams.checked(fields["stream_url"])
    check_days(edition, fields["starts_at"], fields["ends_at"])
    if fields["session_id"] is not None:
        _check_session(fields["session_id"], subtheme_id, item)


def _check_session(session_id: int, subtheme_id: int, item: Item | None) -> None:
    session = sessions.by_id(session_id)
    if session is None or session.thread.subtheme_id != subtheme_id:
        raise Refused(_l("This session is not one of the sub-theme."))
    of = db.session.scalar(select(Item.id).where(Item.session_id == session_id))
    if of is not None and (item is None or of != item.id):
        raise Refused(_l("This session belongs to another item already."))


def check_days(edition: Edition, starts_at: datetime, ends_at: datetime) -> None:
    """Refuse what begins before the first day or ends after the last one, by the venue's clock (its last night may)."""
    there = zone(edition.timezone)
    first, last = starts_at.astimezone(there).date(), ends_at.astimezone(there).date()
    if first < edition.starts_on or last > edition.ends_on + timedelta(days=1):
        raise Refused(_l("Its items have to lie within the days of the edition."))


def check_keeper(subtheme_id: int, by: User) -> None:
    """Raise Forbidden for who does not look after the sub-theme."""
    if not policy.may_keep(by, subtheme_id):
        raise Forbidden(_l("The items of a track are written by the moderators of its sub-theme."))


def check_seen(version: int, seen: int) -> None:
    """Raise Conflict for a form of another version than the present one."""
    if version != seen:
        raise Conflict(_l("Somebody else changed this meanwhile. Look at it again and send yours once more."))


def free_thread(thread_id: int | None, subtheme_id: int) -> int | None:
    """Return the thread if it is one of the sub-theme and of no other item, else raise Refused; None is none."""
    if thread_id is None:
        return None
    thread = db.session.get(Thread, thread_id)
    if thread is None or thread.subtheme_id != subtheme_id:
        raise Refused(_l("This thread is not one of the sub-theme."))
    if thread.led_by:
        raise Refused(_l("This is the thread of a session: choose the session instead."))
    if db.session.scalar(select(Item.id).where(Item.thread_id == thread_id)) is not None:
        raise Refused(_l("This thread belongs to another item already."))
    return thread_id
