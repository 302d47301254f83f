"""Somebody is silenced: they read, appeal, take their data and leave, but say nothing until a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from forum.accounts import policy
from forum.accounts.models import Person, User
from forum.core import security_log
from forum.core.database import locked, now, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.core.i18n import exact, gap

# Each returns, as Markup, where the decision is read and appealed against. moderation adds its own.
ways: list[Callable[[], Markup]] = []


def why_silent(person: Person) -> Markup | None:
    """Say until when the person is silenced and where to appeal, or None; the button, the form and the act ask here."""
    until: datetime | None = person.silenced_until
    if until is None or until <= now():
        return None
    words = gettext(
        "You are silenced until %(moment)s. Until then you can read, but not write, flag or change your name.",
        moment=exact(until, person.timezone),
    )
    return escape(gap()).join([escape(words), *(way() for way in ways)])


def refuse_silent(person: Person) -> None:
    """Raise Forbidden with these words for somebody who is silenced."""
    if (why := why_silent(person)) is not None:
        raise Forbidden(why)


def silence(user: User, until: datetime, by: User | None) -> bool:
    """Silence `user`, who stays signed in; return whether that made it longer.

    Joins the caller's transaction; the decision that orders it writes the audit row. Raises Forbidden for self and for
    staff above (as for a suspension), Refused for a moment that has passed.
    """
    if until <= now():
        raise Refused(_l("A silence ends in the future."))
    with transaction():
        person, actor = locked_pair(user, by)
        if not policy.may_suspend(actor, person):
            raise Forbidden(_l("You may not silence this person."))
        former, person.silenced_until = person.silenced_until, policy.longer(person.silenced_until, until)
        security_log.note_after_commit("person.silenced", person.id, by=actor.id if actor else None)
        return former != person.silenced_until


def shorten(user: User, until: datetime | None, by: User | None) -> bool:
    """Let the silence of `user` end at `until`, or at once (None); return whether that made it shorter.

    Joins the caller's transaction; whoever takes a decision back writes the audit row. Raises Forbidden for one's own
    and for staff above.
    """
    with transaction():
        person, actor = locked_pair(user, by)
        if not policy.may_lift(actor, person):
            raise Forbidden(_l("You may not end the silence of this person."))
        former = person.silenced_until
        if former is None or (until is not None and until >= former):
            return False
        person.silenced_until = until
        return True


def locked_pair(user: User, by: User | None) -> tuple[User, User | None]:
    """Lock both rows in the order of their ids, so that two who act on each other wait instead of deadlock."""
    ids = sorted({user.id} | ({by.id} if by else set()))
    rows: dict[int, Any] = {row_id: locked(User, row_id) for row_id in ids}
    person, actor = rows[user.id], rows[by.id] if by else None
    if person is None or (by and actor is None):
        raise NotFound
    return person, actor
