"""The link that opens one decision and its appeal to whoever it concerns, and nothing else: never a session.

Somebody who is suspended can't sign in. The link stands in the letter that tells them, and where the sign-in refuses
them after the right password. It works until the matter is over: as long as an appeal is possible or waits, and 20 days
after it was decided. A new password ends it.
"""

from __future__ import annotations

import hashlib
import hmac

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from forum.accounts.models import User
from forum.core.database import db, now
from moderation import queries
from moderation.appeals import policy
from moderation.appeals import queries as appeals
from moderation.models import Decision


def token(decision_id: int, user: User) -> str:
    """Return the token for this decision and this person, good for nothing else."""
    return _serializer().dumps([decision_id, user.id, _mark(user)])


def read(token: str) -> tuple[Decision, User] | None:
    """Return the decision and the person whom it concerns, or None when the token is not ours or the matter over."""
    try:
        decision_id, user_id, mark = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    user = db.session.get(User, user_id)
    decision = queries.decision_in_full(decision_id)
    if user is None or user.is_closed or decision is None or decision.case.author_id != user.id:
        return None
    return (decision, user) if hmac.compare_digest(mark, _mark(user)) and _is_open(decision) else None


def _is_open(decision: Decision) -> bool:
    if policy.is_in_time(decision):
        return True
    appeal = appeals.of_decision(decision.id)
    return appeal is not None and (appeal.decided_at is None or now() <= appeal.decided_at + policy.WINDOW)


def _mark(user: User) -> str:
    """Return what changes with the password, and tells nothing of it."""
    return hashlib.sha256(f"appeal|{user.id}|{user.password_hash}".encode()).hexdigest()[:16]


def _serializer() -> URLSafeSerializer:
    keys = [*reversed(current_app.config["SECRET_KEY_FALLBACKS"]), current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="appeal", signer_kwargs={"digest_method": hashlib.sha256})
