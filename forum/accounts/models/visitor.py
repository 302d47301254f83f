"""Whoever looks at a page: somebody with an account, or a visitor who answers the same questions."""

from __future__ import annotations

from typing import Any

from forum.accounts.models.user import User


class Visitor:
    """Somebody who is not signed in, with the same questions answered as a User."""

    id: int | None = None
    username = ""
    language = ""
    timezone = ""
    role = "visitor"
    is_many = False
    is_authenticated = False
    is_active = False
    is_anonymous = True
    is_suspended = False
    is_silenced = False
    silenced_until = None
    is_closed = False
    is_confirmed = False
    is_approved = False
    trust_level = 0
    standing_level = 0
    age_band = ""
    private: tuple[str, ...] = ()
    moderates: tuple[int, ...] = ()
    is_expert = False
    is_moderator = False
    is_staff = False
    is_admin = False
    is_newcomer = False

    def get_id(self) -> None:
        """Return None: there is no account (flask-login)."""


Person = User | Visitor | Any  # Any: flask-login's proxy of the current user
