"""The private address of somebody's own calendar: derived from a row, kept as a hash (docs/decisions/0008)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from flask import current_app

from forum.accounts.models import User
from forum.accounts.sessions import fingerprint
from forum.core.database import locked, now, transaction
from forum.core.errors import NotFound
from forum.programme import queries
from forum.programme.models import CalendarKey


def make(user: User) -> CalendarKey:
    """Make the person's address, or another one in the place of it: calendars at the former one get nothing more."""
    with transaction() as session:
        if locked(User, user.id) is None:
            raise NotFound
        row = session.get(CalendarKey, user.id, populate_existing=True) or CalendarKey(user_id=user.id)
        row.salt, row.made_at = secrets.token_hex(16), now()
        row.key_hash = fingerprint(_derived(row, str(current_app.config["SECRET_KEY"])))
        session.add(row)
    return row


def key_of(row: CalendarKey | None) -> str:
    """Return the key that the address ends with; "" without a row, or when its SECRET_KEY is gone."""
    if row is None:
        return ""
    keys = (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])
    derived = (_derived(row, str(key)) for key in keys)
    return next((one for one in derived if hmac.compare_digest(fingerprint(one), row.key_hash)), "")


def owner_of(key: str) -> User | None:
    """Return whose calendar the key opens, or None."""
    return queries.calendar_owner(fingerprint(key))


def _derived(row: CalendarKey, secret: str) -> str:
    words = f"calendar|{row.user_id}|{row.salt}"
    digest = hmac.new(secret.encode(), words.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
