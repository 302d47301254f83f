"""Quiet hours: in whose night it is now, and when their morning comes; by their own clock, whatever its jumps."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts import youth
from forum.accounts.models import User
from forum.core.database import must_lock, transaction
from forum.core.errors import Refused
from forum.core.i18n import zone

NEVER = "never"
# From when to when, whole hours of the person's clock; they pass midnight.
HOURS: dict[str, Any] = {
    "21-7": _l("21:00 to 7:00"),
    "22-7": _l("22:00 to 7:00"),
    "22-8": _l("22:00 to 8:00"),
    "23-7": _l("23:00 to 7:00"),
    "23-8": _l("23:00 to 8:00"),
    NEVER: _l("never: tell me at any hour"),
}


def hours_of(person: User) -> str:
    """Return the person's choice among HOURS; without one what holds for their age."""
    return person.quiet_hours or youth.care_of(person).quiet_hours or NEVER


def until(person: User, moment: datetime) -> datetime | None:
    """Return when the night ends in which `moment` lies for the person, or None by day.

    In their own time zone, UTC for whoever has chosen none.
    """
    hours = hours_of(person)
    if hours == NEVER:
        return None
    first, last = map(int, hours.split("-"))
    here = moment.astimezone(zone(person.timezone or "UTC"))
    if last <= here.hour < first:
        return None
    morning = here.date() + timedelta(days=1 if here.hour >= first else 0)
    return datetime.combine(morning, time(last), here.tzinfo).astimezone(UTC)


def choices(person: User) -> dict[str, Any]:
    """Return what the person can choose: any hours, but young people have a night."""
    care = youth.care_of(person)
    return {hours: words for hours, words in HOURS.items() if hours != NEVER or not care.quiet_hours}


def choose(user: User, hours: str) -> None:
    """Choose when notices wait for the morning. Raises Refused for what is no choice, NotFound."""
    if hours not in choices(user):
        raise Refused(_l("Choose one of these times."))
    with transaction():
        person = must_lock(User, user.id)
        person.quiet_hours = hours
