"""Challenges for passkeys. Asking for one writes nothing: it proves by itself that it is ours; answering spends it.

A challenge is a random part, the moment at which it ends, and a seal over both, its purpose and the browser it was made
for. So an answer is worth nothing in another browser, for another purpose, later, or a second time.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from forum.core import expiry
from forum.core.database import db, now, transaction
from forum.entry.models import SpentChallenge

LIFETIME = timedelta(minutes=30)  # a sign-in page may stay open for a while before the button is pressed
_RANDOM, _MOMENT, _SEAL = 16, 8, 32  # bytes


def make(purpose: str, bound_to: str) -> bytes:
    """Return a new challenge for `purpose` and the browser (and person) named by `bound_to`."""
    end = int((now() + LIFETIME).timestamp())
    words = secrets.token_bytes(_RANDOM) + end.to_bytes(_MOMENT, "big")
    return words + _seal(words, purpose, bound_to, str(current_app.config["SECRET_KEY"]))


def spend(challenge: bytes, purpose: str, bound_to: str) -> bool:
    """Whether this is a challenge of ours for this purpose and browser that was never answered; it is spent now."""
    if len(challenge) != _RANDOM + _MOMENT + _SEAL:
        return False
    words, seal = challenge[:-_SEAL], challenge[-_SEAL:]
    keys = (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])
    if not any(hmac.compare_digest(seal, _seal(words, purpose, bound_to, str(key))) for key in keys):
        return False
    end = datetime.fromtimestamp(int.from_bytes(words[_RANDOM:], "big"), UTC)
    return end > now() and is_first(challenge, end)


def _seal(words: bytes, purpose: str, bound_to: str, key: str) -> bytes:
    context = hashlib.sha256(f"passkey challenge|{purpose}|{bound_to}".encode()).digest()
    return hmac.new(key.encode(), context + words, hashlib.sha256).digest()


def is_first(challenge: bytes, end: datetime) -> bool:
    """Whether this was never spent before, and spend it; it may be forgotten after `end`. Joins a transaction."""
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = {"challenge_hash": hashlib.sha256(challenge).hexdigest(), "expires_at": end}
    insert = dialect.insert(SpentChallenge).values(row).on_conflict_do_nothing()
    with transaction() as session:
        return session.scalar(insert.returning(SpentChallenge.challenge_hash)) is not None


expiry.forget(SpentChallenge, lambda: SpentChallenge.expires_at <= now())
