"""The token of forms, and the cookie it is bound to: signed by SHA-256, with SECRET_KEY or a former key."""

from __future__ import annotations

import hashlib

import flask_wtf.csrf
from flask import Flask, current_app, g
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from wtforms import ValidationError


class _Signer(TimestampSigner):
    default_digest_method = staticmethod(hashlib.sha256)


class _Serializer(URLSafeTimedSerializer):
    """Signs with HMAC-SHA-256, where itsdangerous still takes SHA-1 (ASVS 11.4.1)."""

    default_signer = _Signer


# Flask-WTF makes its serializer by this name and offers no other way in; tests/security/test_key_rotation.py sees it.
flask_wtf.csrf.URLSafeTimedSerializer = _Serializer


class FormSession(SecureCookieSessionInterface):
    """Flask's signed cookie likewise; one that was signed with SHA-1 counts as none, and its forms are sent again."""

    digest_method = staticmethod(hashlib.sha256)


class RotatingCSRFProtect(CSRFProtect):
    """Flask-WTF's protection; it knows SECRET_KEY alone, where Flask's own session knows SECRET_KEY_FALLBACKS too."""

    def init_app(self, app: Flask) -> None:
        """Protect `app`'s forms, and sign the cookie that they are bound to."""
        app.session_interface = FormSession()
        super().init_app(app)

    def protect(self, apply_exemptions: bool = False) -> None:
        """Raise CSRFError unless the request carries this session's token, signed with the key or a former one."""
        try:
            super().protect(apply_exemptions)
        except CSRFError:
            token = self._get_csrf_token()
            if not any(_is_valid(token, key) for key in current_app.config["SECRET_KEY_FALLBACKS"]):
                raise
            g.csrf_valid = True  # as Flask-WTF tells its forms


def _is_valid(token: str | None, key: str) -> bool:
    try:
        validate_csrf(token, secret_key=key)
    except ValidationError:
        return False
    return True
