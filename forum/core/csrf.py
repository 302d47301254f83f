"""The token of forms, and the cookie it is bound to: signed by SHA-256, with SECRET_KEY or a former key."""

from __future__ import annotations

import hashlib
import json
import os
import time
from copy import deepcopy
from functools import cached_property, lru_cache
from typing import Any

import flask_wtf.csrf
from flask import Flask, current_app, g
from flask.sessions import SecureCookieSessionInterface
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf
from itsdangerous import BadSignature, SignatureExpired, TimestampSigner, URLSafeTimedSerializer
from itsdangerous.encoding import base64_encode
from werkzeug.http import dump_cookie
from wtforms import ValidationError

from forum.core.signing import Seal

_BROWSERS = 4096  # whose cookie is remembered, some 300 bytes each
_LONGEST = 300  # characters of such a cookie: longer ones hold messages and come once
_KEYS = 16  # sets of keys of which a signer is kept: a process has one


class _Signer(TimestampSigner):
    default_digest_method = staticmethod(hashlib.sha256)


class _Serializer(URLSafeTimedSerializer):
    """Signs with HMAC-SHA-256, where itsdangerous still takes SHA-1 (ASVS 11.4.1)."""

    default_signer = _Signer


# Flask-WTF makes its serializer by this name and offers no other way in; tests/security/test_key_rotation.py sees it.
flask_wtf.csrf.URLSafeTimedSerializer = lru_cache(_KEYS)(_Serializer)


class _Cookies(_Serializer):
    """Reads the cookies of forms. A browser sends the same one each time, of which only the age is asked again."""

    def __init__(self, keys: tuple[str, ...], interface: SecureCookieSessionInterface) -> None:
        derived = {"key_derivation": interface.key_derivation}
        super().__init__(list(keys), salt=interface.salt, serializer=interface.serializer, signer_kwargs=derived)
        self._remembered = lru_cache(_BROWSERS)(self._read)

    def loads(self, s: Any, max_age: int | None = None, **more: Any) -> Any:  # type: ignore[override]
        """Return what the cookie holds. Raises BadSignature."""
        if more or len(s) > _LONGEST:
            return super().loads(s, max_age, **more)
        held, moment = self._remembered(s)
        if max_age is not None and not 0 <= int(time.time()) - moment <= max_age:
            raise SignatureExpired("too old, or of tomorrow")
        return deepcopy(held) if any(not isinstance(value, str) for value in held.values()) else held.copy()

    def _read(self, cookie: str) -> tuple[dict[str, Any], int]:
        held, moment = super().loads(cookie, return_timestamp=True)
        return held, int(moment.timestamp())


class FormSession(SecureCookieSessionInterface):
    """Flask's signed cookie likewise; one that was signed with SHA-1 counts as none, and its forms are sent again."""

    digest_method = staticmethod(hashlib.sha256)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads the cookie, the same as long as the keys are."""
        if not app.secret_key:
            return None
        return _cookies((*app.config["SECRET_KEY_FALLBACKS"], str(app.secret_key)), self)


@lru_cache(_KEYS)
def _cookies(keys: tuple[str, ...], interface: SecureCookieSessionInterface) -> _Cookies:
    return _Cookies(keys, interface)


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


class FormTokens:
    """Makes what Flask and Flask-WTF would make for a page that holds forms, where neither of them is asked."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._name = app.config["SESSION_COOKIE_NAME"]
        self._field = app.config.get("WTF_CSRF_FIELD_NAME", "csrf_token")
        self._cookies: Any = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        self._tokens: Any = _Serializer(
            app.config.get("WTF_CSRF_SECRET_KEY") or app.config["SECRET_KEY"], salt="wtf-csrf-token"
        )
        self._seal, self._cookie_seal = Seal(self._tokens.make_signer()), Seal(self._cookies.make_signer())
        self._lifetime = int(app.permanent_session_lifetime.total_seconds())
        # A browser sends the same cookie each time; what wasn't signed by us is not remembered.
        self._read = lru_cache(_BROWSERS)(self._read)  # type: ignore[method-assign]

    def secret_in(self, cookie: str) -> str | None:
        """Return the secret in a browser's cookie: "" if there is none, None if the cookie holds more than that."""
        if not cookie:
            return ""
        try:
            secret, moment = self._read(cookie)
        except BadSignature:
            return ""
        return secret if 0 <= int(time.time()) - moment <= self._lifetime else ""

    def begin(self) -> tuple[str, str]:
        """Return a new secret, and the header with which the browser keeps it."""
        secret = os.urandom(20).hex()  # as long as Flask-WTF's
        held = base64_encode(f'{{"{self._field}":"{secret}"}}')  # as Flask's serializer writes so short a word
        return secret, f"{self._name}={self._cookie_seal.sign_now(held).decode()}{self._attributes}"

    def token(self, secret: str) -> str:
        """Return a form's token for this secret, good as long as any."""
        return self._seal.sign_now(base64_encode(json.dumps(secret))).decode()  # too short a word to be compressed

    def _read(self, cookie: str) -> tuple[str | None, int]:
        """Return the secret, or None, and when the cookie was signed. Raises BadSignature."""
        held, moment = self._cookies.loads(cookie, return_timestamp=True)
        return (held[self._field] if set(held) == {self._field} else None), int(moment.timestamp())

    @cached_property
    def _attributes(self) -> str:
        """What stands behind the cookie's value, which needs no quotes."""
        interface, app = self._app.session_interface, self._app
        cookie = dump_cookie(
            self._name,
            "value",
            httponly=interface.get_cookie_httponly(app),
            domain=interface.get_cookie_domain(app),
            path=interface.get_cookie_path(app),
            secure=interface.get_cookie_secure(app),
            samesite=interface.get_cookie_samesite(app),
        )
        return cookie.removeprefix(f"{self._name}=value")
