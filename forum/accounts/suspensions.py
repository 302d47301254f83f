"""Suspending somebody, and why they are: rooms above say it here, to whoever has shown the right password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from forum.accounts import policy, sessions
from forum.accounts.models import User
from forum.accounts.silences import locked_pair
from forum.core import i18n, security_log
from forum.core.database import now, transaction
from forum.core.errors import Forbidden, Refused

# Each returns the sentence that says by which rule and why, or None when it knows nothing. moderation adds its own.
explainers: list[Callable[[User], Any | None]] = []

# Each returns, as Markup, the way to object to what suspends the person, or None. moderation adds its own.
ways: list[Callable[[User], Markup | None]] = []


def way_to_object(user: User) -> Markup:
    """Return the ways to object that are known, each a sentence with its link, or "" without one."""
    return escape(i18n.gap()).join(words for way in ways if (words := way(user)))


def explanation(user: User) -> str:
    """Return what is known about the suspension of `user`, in the reader's language, or ""."""
    return i18n.gap().join(str(words) for explain in explainers if (words := explain(user)))


def suspend(user: User, until: datetime, by: User | None) -> bool:
    """Suspend `user` and sign them out everywhere; return whether that made it longer.

    Joins the caller's transaction; the decision that orders it writes the audit row. Raises Forbidden for self
    and for staff above, Refused for a moment that has passed.
    """
    if until <= now():
        raise Refused(_l("A suspension ends in the future."))
    with transaction():
        person, actor = locked_pair(user, by)
        if not policy.may_suspend(actor, person):
            raise Forbidden(_l("You may not suspend this person."))
        former, person.suspended_until = person.suspended_until, policy.longer(person.suspended_until, until)
        sessions.end_all(person.id)
        security_log.note_after_commit("person.suspended", person.id, by=actor.id if actor else None)
        return former != person.suspended_until


def shorten(user: User, until: datetime | None, by: User | None) -> bool:
    """Let the suspension of `user` end at `until`, or at once (None); return whether that made it shorter.

    Joins the caller's transaction; whoever takes a decision back writes the audit row. Raises Forbidden for one's own
    and for staff above.
    """
    with transaction():
        person, actor = locked_pair(user, by)
        if not policy.may_lift(actor, person):
            raise Forbidden(_l("You may not end the suspension of this person."))
        former = person.suspended_until
        if former is None or (until is not None and until >= former):
            return False
        person.suspended_until = until
        return True
