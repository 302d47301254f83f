"""Secrets that have to be read again are sealed with a key made from SECRET_KEY; former keys still open them."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from cryptography.fernet import MultiFernet

_AUTHENTICATORS = "secrets of authenticators"


class KeyGone(LookupError):
    """No key of the forum opens this any more."""


def seal(secret: str, purpose: str = _AUTHENTICATORS) -> str:
    """Return `secret` sealed with today's key for this purpose."""
    return _box(purpose).encrypt(secret.encode()).decode("ascii")


def unseal(sealed: str, purpose: str = _AUTHENTICATORS) -> str:
    """Return what `seal` was given; KeyGone when the key of that time is neither SECRET_KEY nor a fallback.

    So it is for what was sealed for another purpose, or never.
    """
    from cryptography.fernet import InvalidToken  # noqa: PLC0415 - 6 MB, and only second factors and providers need it

    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise KeyGone("sealed with another SECRET_KEY") from error


def _box(purpose: str) -> MultiFernet:
    from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 - as above

    keys = (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"])
    return MultiFernet([Fernet(_derived(str(key), purpose)) for key in keys])


def _derived(key: str, purpose: str) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - as above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415

    info = f"forum: {purpose}, version 1".encode()
    derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=info)
    return base64.urlsafe_b64encode(derivation.derive(key.encode()))
