"""The token in a mail that turns one kind of mail off for one person: signed, without an end, good for nothing else."""

from __future__ import annotations

import hashlib

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from forum.mail.letters import KINDS


def token(user_id: int, kind: str) -> str:
    """Return the token for the unsubscribe link of a mail of this kind to this person."""
    return _serializer().dumps([user_id, kind])


def read(token: str) -> tuple[int, str] | None:
    """Return whose mail of which kind is to be turned off, or None when the token is not one of ours."""
    try:
        user_id, kind = _serializer().loads(token)
    except (BadSignature, ValueError, TypeError):
        return None
    return (user_id, kind) if kind in KINDS else None


def _serializer() -> URLSafeSerializer:
    keys = [*reversed(current_app.config["SECRET_KEY_FALLBACKS"]), current_app.config["SECRET_KEY"]]
    return URLSafeSerializer(keys, salt="unsubscribe", signer_kwargs={"digest_method": hashlib.sha256})
