"""Somebody is silenced: they read, appeal, take their data and leave, but say nothing until a moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from forum.accounts.models import Person, User
from forum.accounts.sanctions import Sanction
from forum.core.database import now
from forum.core.errors import Forbidden
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


_SILENCE = Sanction(
    "silenced_until",
    event="person.silenced",
    past=_l("A silence ends in the future."),
    not_yours=_l("You may not silence this person."),
    not_yours_to_end=_l("You may not end the silence of this person."),
)


def silence(user: User, until: datetime, by: User | None) -> bool:
    """Silence `user`, who stays signed in; return whether that made it longer. Raises as `Sanction.impose` does."""
    return _SILENCE.impose(user, until, by)


def shorten(user: User, until: datetime | None, by: User | None) -> bool:
    """Let the silence of `user` end at `until`, or at once (None), as `Sanction.shorten` does."""
    return _SILENCE.shorten(user, until, by)
