"""Suspending somebody, and why they are: rooms above say it here, to whoever has shown the right password."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from markupsafe import Markup, escape

from forum.accounts import sessions
from forum.accounts.models import User
from forum.accounts.sanctions import Sanction
from forum.core import i18n
from forum.core.database import transaction

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


_SUSPENSION = Sanction(
    "suspended_until",
    event="person.suspended",
    past=_l("A suspension ends in the future."),
    not_yours=_l("You may not suspend this person."),
    not_yours_to_end=_l("You may not end the suspension of this person."),
)


def suspend(user: User, until: datetime, by: User | None) -> bool:
    """Suspend `user` and sign them out everywhere; return whether that made it longer. Raises as `Sanction.impose`."""
    with transaction():
        is_longer = _SUSPENSION.impose(user, until, by)
        sessions.end_all(user.id)
    return is_longer


def shorten(user: User, until: datetime | None, by: User | None) -> bool:
    """Let the suspension of `user` end at `until`, or at once (None), as `Sanction.shorten` does."""
    return _SUSPENSION.shorten(user, until, by)
