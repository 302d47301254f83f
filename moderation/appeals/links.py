"""The link that opens one decision and its appeal to whoever it concerns, and nothing else: never a session.

Somebody who is suspended can't sign in. The link stands in the letter that tells them, and where the sign-in refuses
them after the right password. It works until the matter is over: as long as an appeal is possible or waits, and 20 days
after it was decided. A new password ends it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from forum.accounts.models import User
from forum.config import APPEAL_WINDOW
from forum.core.database import db, now
from moderation import queries
from moderation.appeals import policy
from moderation.appeals import queries as appeals
from moderation.models import Decision

_SALT = "appeal"


def token(decision_id: int, user: User) -> str:
    """Return the token for this decision and this person, good for nothing else."""
    return sealed(decision_id, user, _SALT)


def read(token: str) -> tuple[Decision, User] | None:
    """Return the decision and the person whom it concerns, or None when the token is not ours or the matter over."""
    if (said := unsealed(token, _SALT)) is None:
        return None
    decision_id, user = said
    decision = queries.decision_in_full(decision_id)
    if decision is None or decision.case.author_id != user.id:
        return None
    open_still = policy.is_in_time(decision) or is_unforgotten(appeals.of_decision(decision.id))
    return (decision, user) if open_still else None


def is_unforgotten(appeal: Any | None) -> bool:
    """Whether an appeal waits, or was answered a short time ago, so that the link still opens it."""
    return appeal is not None and (appeal.decided_at is None or now() <= appeal.decided_at + APPEAL_WINDOW)


def sealed(number: int, user: User, salt: str) -> str:
    """Return a token that names something by its number to one person, and ends with their password."""
    return _serializer(salt).dumps([number, user.id, _mark(user)])


def unsealed(token: str, salt: str) -> tuple[int, User] | None:
    """Return the number and the person of a token of ours with this salt, or None."""
    try:
        number, user_id, mark = _serializer(salt).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    user = db.session.get(User, user_id)
    if user is None or user.is_closed or not hmac.compare_digest(mark, _mark(user)):
        return None
    return number, user


def _mark(user: User) -> str:
    """Return what changes with the password, and tells nothing of it."""
    return hashlib.sha256(f"appeal|{user.id}|{user.password_hash}".encode()).hexdigest()[:16]


def _serializer(salt: str) -> URLSafeSerializer:
    keys = [*reversed(current_app.config["SECRET_KEY_FALLBACKS"]), current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
