"""Wrong passwords and codes of somebody who is signed in: one count, whichever page asks for them."""

from __future__ import annotations

from flask_babel import gettext

from forum.accounts import known_devices
from forum.accounts.models import User
from forum.core import cookies, security_log
from forum.core.error_pages import words_to_wait
from forum.core.limits import forgive, spend

ROW = "PROOF"


def begin(user: User) -> str:
    """Count a try and return "", or why nothing is looked at now.

    It is counted before it is looked at, so that many at once are many.
    """
    wait = spend(ROW, _who(user))
    if not wait:
        return ""
    security_log.note("limit.reached", user.id, row=ROW)
    return gettext("There were too many wrong tries. %(wait)s", wait=words_to_wait(wait))


def succeeded(user: User) -> None:
    """What was shown was right: the tries before it were its owner's."""
    forgive(ROW, _who(user))


def _who(user: User) -> str:
    """Return whose tries these are: of a browser that the account knows apart from those of all others."""
    device = known_devices.of_person(user.id, cookies.read(known_devices.COOKIE))
    return f"person:{user.id}/{device.id if device else 'unknown'}"
