"""Who may plan an edition, keep a track, sign up and see the stream; pure functions for the button and the action."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person
from forum.accounts.policy import may_administer, may_take_part
from forum.programme.models import Attendance, Item, Seat
from forum.threads.policy import moderates, why_not_take_part


def may_plan(person: Person | None) -> bool:
    """Whether the person may make editions and change them: admins; None is the operator at the console."""
    return person is None or may_administer(person)


def may_keep(person: Person, subtheme_id: int) -> bool:
    """Whether the person may write the items of this sub-theme's track: whoever looks after the sub-theme."""
    return moderates(person, subtheme_id)


def keeps_any(person: Person) -> bool:
    """Whether the person may write items of some track."""
    return may_take_part(person) and bool(person.is_staff)


def why_not_sign_up(person: Person, item: Item) -> Any | None:
    """Say why the person can't sign up for the item; whether a place is free is another matter."""
    if item.is_cancelled:
        return _l("This item was cancelled.")
    if item.is_over:
        return _l("This item is over.")
    return why_not_take_part(person)


def sees_stream(person: Person, item: Item, attendance: Attendance | None) -> bool:
    """Whether the stream is for the person: for everybody, but where places are few for those who have one."""
    if item.capacity is None or (attendance is not None and attendance.seat == Seat.GOING):
        return True
    speaks = person.is_authenticated and any(speaker.user_id == person.id for speaker in item.speakers)
    return speaks or may_keep(person, item.subtheme_id)
