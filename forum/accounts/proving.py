"""Before what is sensitive, the person shows again that it is them: `fresh()` stands on such a view.

How they show it (password, passkey, code) is the business of the room `entry`, which gives `ask` its answer.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from flask import Response
from flask_babel import gettext
from flask_login import current_user
from wtforms import PasswordField

from forum.accounts import passwords, sessions, signin, tries
from forum.core import security_log
from forum.core.extensions import login_manager
from forum.core.forms import Form

MINUTES = 15  # (checks.md A-9)

# Called with whether it has to be a second factor. Returns None when the request brings the proof along, else the page
# that asks for it. entry puts its own in.
askers: list[Callable[[bool], Response | None]] = []


def is_fresh(minutes: float = MINUTES, *, by_factor: bool = False) -> bool:
    """Whether whoever sends this request has shown within so many minutes that it is them (by a second factor)."""
    return sessions.is_fresh(signin.here(), timedelta(minutes=minutes), by_factor=by_factor)


def ask_unless_fresh(minutes: float = MINUTES, *, by_factor: bool = False) -> Response | None:
    """Return the page that asks for a proof, or None when there is no need (for a `before_request`)."""
    if is_fresh(minutes, by_factor=by_factor):
        return None
    answers = [asker(by_factor) for asker in askers]
    return next((answer for answer in answers if answer is not None), None)


def has_password() -> bool:
    """Whether the person has a password, for `unless`: a form that asks for it brings its own proof."""
    return bool(current_user.password_hash)


def is_right(form: Form, field: PasswordField) -> bool:
    """Whether `field` holds the person's password; else the form says why not. Counted with all other proofs."""
    refusal = tries.begin(current_user)
    if not refusal and passwords.matches(current_user.password_hash, field.data or ""):
        tries.succeeded(current_user)
        return True
    if not refusal:
        security_log.note("proof.failed", current_user.id)
    form.refuse(field.name, refusal or gettext("This is not your current password."))
    return False


def fresh(
    minutes: float = MINUTES,
    *,
    unless: Callable[[], bool] | None = None,
    by_factor: Callable[[], bool] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let a view be called only by somebody signed in who has proved it within `minutes`; else ask, then go on.

    Stands below the route and above `limited`. A form that was sent is kept and goes on with the proof, but for
    passwords and files, which have to be given again. `unless()`: this request needs no proof. `by_factor()`: a
    password is none, it has to be a second factor.
    """

    def guard(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def ask_first(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return login_manager.unauthorized()
            second = by_factor is not None and by_factor()
            asked = None if unless is not None and unless() else ask_unless_fresh(minutes, by_factor=second)
            return view(*args, **kwargs) if asked is None else asked

        return ask_first

    return guard
