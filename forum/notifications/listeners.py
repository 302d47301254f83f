"""Listeners of this room: a published post or a changed credential is told of soon; every page knows what is unread."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask_babel import force_locale, ngettext
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from forum.accounts.reading import OwnColumn, own_columns
from forum.core import jobs, signals
from forum.core.database import db
from forum.core.pagecache import marks
from forum.core.plugs import fill
from forum.notifications import actions, queries


def connect(app: Flask) -> None:
    """Connect this room's listeners and give templates `unread_notifications`."""
    signals.post_published.connect(_tell_soon)
    signals.credential_changed.connect(_tell_of_credential_soon)
    app.context_processor(_unread)
    fill(own_columns, _BELL)


def _tell_soon(_sender: object, post_id: int, **_facts: Any) -> None:
    jobs.enqueue(actions.tell_of_post, post_id=post_id)


def _tell_of_credential_soon(_sender: object, credential_id: int, **_facts: Any) -> None:
    jobs.enqueue(actions.tell_of_credential, credential_id=credential_id)


def _unread() -> dict[str, int]:
    """Return the number for the bell; a page that says the database is away must not ask it again in vain."""
    if not current_user or not current_user.is_authenticated or marks.slots().for_many:
        return {"unread_notifications": 0}
    try:
        return {"unread_notifications": queries.unread(current_user.id)}
    except OperationalError:
        db.session.rollback()
        return {"unread_notifications": 0}


def _bell(app: Flask, number: int, language: str) -> marks.Values:
    """Return what the bell shows of a reader who has so many unread notices."""
    if not number:
        return {"no_notices": True}
    shown = b"99+" if number >= queries.UNREAD_MOST else str(number).encode()
    line = _line(app, number, language)
    return {"has_notices": True, "notices": shown, "notices_counted": str(number).encode(), "notices_line": line}


def _line(app: Flask, number: int, language: str) -> bytes:
    """Return the line of the home page about so many notices; made once for each number and language."""
    if (number, language) not in _lines:
        with app.app_context(), force_locale(language):
            line = str(ngettext("%(num)d unread notice", "%(num)d unread notices", number))
        _lines[number, language] = line.encode()
    return _lines[number, language]


_lines: dict[tuple[int, str], bytes] = {}  # UNREAD_MOST in each language at most
_BELL = OwnColumn(queries.unread_of_reader, _bell)
