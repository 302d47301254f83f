"""What stands in a visitor's letters: the token that confirms a flag, the receipt's, the one that ends such letters.

The first is derived from the row, which keeps its hash alone (docs/decisions/0008); the other two are signed, since
they must work when the row is gone. An address is compared by a mark that nobody makes without the forum's key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from flask import current_app
from itsdangerous import BadSignature, URLSafeSerializer

from forum.accounts.links import KeyGone
from forum.accounts.sessions import fingerprint
from forum.mail.addresses import address_key
from moderation.visitors.models import VisitorFlag


def _keys() -> list[str]:
    """Return the forum's keys, the present one first."""
    return [str(key) for key in (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])]


def mark_of(address: str) -> str:
    """Return by what an address is compared."""
    return _mark(address, _keys()[0])


def marks_of(address: str) -> list[str]:
    """Return the same with the present key and those before it that the forum still has."""
    return [_mark(address, key) for key in _keys()]


def _mark(address: str, key: str) -> str:
    return hmac.new(key.encode(), f"visitor|{address_key(address)}".encode(), hashlib.sha256).hexdigest()


def hash_for(row: VisitorFlag) -> str:
    """Return what a new row keeps of its token."""
    return fingerprint(_token(row, _keys()[0]))


def token_of(row: VisitorFlag) -> str:
    """Return the token that the letter carries; KeyGone when it was made with a key that the forum has no more."""
    for key in _keys():
        if hmac.compare_digest(fingerprint(token := _token(row, key)), row.token_hash):
            return token
    raise KeyGone(f"the visitor's flag {row.id} was made with another SECRET_KEY")


def _token(row: VisitorFlag, key: str) -> str:
    words = f"visitor-flag|{row.id}|{row.form_key}|{row.created_at.isoformat()}"
    digest = hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def receipt_token(flag_id: int) -> str:
    """Return the token of the page that says what became of a visitor's flag."""
    return _serializer("receipt").dumps(flag_id)


def read_receipt(token: str) -> int | None:
    """Return the flag's number, or None when the token is not ours."""
    found = _read("receipt", token)
    return found if isinstance(found, int) else None


def refusal_token(mark: str) -> str:
    """Return the token with which an address says that it wants no more letters about flags."""
    return _serializer("letters").dumps(mark)


def read_refusal(token: str) -> str | None:
    """Return the mark of the address, or None when the token is not ours."""
    found = _read("letters", token)
    return found if isinstance(found, str) else None


def _read(purpose: str, token: str) -> object:
    try:
        return _serializer(purpose).loads(token)
    except (BadSignature, ValueError, TypeError):
        return None


def _serializer(purpose: str) -> URLSafeSerializer:
    salt, digest = f"visitor {purpose}", {"digest_method": hashlib.sha256}
    return URLSafeSerializer([*reversed(_keys())], salt=salt, signer_kwargs=digest)
