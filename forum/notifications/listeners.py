"""Listeners of this room: a published post or a changed credential is told of soon; every page knows what is unread."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from forum.core import jobs, signals
from forum.core.database import db
from forum.notifications import actions, queries


def connect(app: Flask) -> None:
    """Connect this room's listeners and give templates `unread_notifications`."""
    signals.post_published.connect(_tell_soon)
    signals.credential_changed.connect(_tell_of_credential_soon)
    app.context_processor(_unread)


def _tell_soon(_sender: object, post_id: int, **_facts: Any) -> None:
    jobs.enqueue(actions.tell_of_post, post_id=post_id)


def _tell_of_credential_soon(_sender: object, credential_id: int, **_facts: Any) -> None:
    jobs.enqueue(actions.tell_of_credential, credential_id=credential_id)


def _unread() -> dict[str, int]:
    """Return the number for the bell; a page that says the database is away must not ask it again in vain."""
    if not current_user or not current_user.is_authenticated:
        return {"unread_notifications": 0}
    try:
        return {"unread_notifications": queries.unread(current_user.id)}
    except OperationalError:
        db.session.rollback()
        return {"unread_notifications": 0}
