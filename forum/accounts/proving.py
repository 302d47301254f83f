"""Before what is sensitive, the person shows again that it is them: `fresh()` stands on such a view.

How they show it (password, passkey, code) is the business of the room `entry`, which gives `ask` its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response
from flask_login import current_user

from forum.accounts import sessions, signin
from forum.core.extensions import login_manager

MINUTES = 15  # (checks.md A-9)

# Returns None when the request brings the proof along, else the page that asks for it. entry puts its own in.
askers: list[Callable[[], Response | None]] = []


def is_fresh(minutes: float = MINUTES) -> bool:
    """Whether whoever sends this request has shown within so many minutes that it is them."""
    return sessions.is_fresh(signin.here(), timedelta(minutes=minutes))


def ask_unless_fresh(minutes: float = MINUTES) -> Response | None:
    """Return the page that asks for a proof, or None when there is no need (for a `before_request`)."""
    if is_fresh(minutes):
        return None
    answers = [asker() for asker in askers]
    return next((answer for answer in answers if answer is not None), None)


def has_password() -> bool:
    """Whether the person has a password, for `unless`: a form that asks for it brings its own proof."""
    return bool(current_user.password_hash)


def fresh(
    minutes: float = MINUTES, *, unless: Callable[[], bool] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be called only by somebody signed in who has proved it within `minutes`; else ask, then go on.

    Stands below the route and above `limited`. A form that was sent is kept and goes on with the proof, but for
    passwords and files, which have to be given again. `unless()`: this request needs no proof.
    """

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def ask_first(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return login_manager.unauthorized()
            asked = None if unless is not None and unless() else ask_unless_fresh(minutes)
            return view(*args, **kwargs) if asked is None else asked

        return ask_first

    return guard
