"""How this room joins the house: its notices, and the button on people's pages, which stand in a lower room."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_login import current_user

from forum.accounts import ties
from forum.accounts.models import User
from forum.messages import policy, wording
from forum.notifications import wording as notices


def connect(app: Flask) -> None:
    """Add the kinds of notices, and give templates `may_message(person)`."""
    notices.KINDS.update(wording.KINDS)
    app.context_processor(_context)


def _context() -> dict[str, Any]:
    return {"may_message": _may_message}


def _may_message(person: User) -> bool:
    """Whether the reader may start a conversation with the person; asks the database only where that decides."""
    allowed = policy.may_start(current_user, person, ())
    if not allowed or current_user.is_moderator:  # whom nobody keeps away
        return allowed
    return policy.may_start(current_user, person, ties.blocks_among([current_user.id, person.id]))
