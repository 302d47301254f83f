"""The Flask extensions, created here without an application and configured in `wsgi`."""

from __future__ import annotations

from flask import Response
from flask_babel import Babel
from flask_login import LoginManager

from forum.core.csrf import RotatingCSRFProtect
from forum.core.limits import limiter as limiter


class _NoRememberCookie(LoginManager):
    """flask-login without its cookie that remembers, which we don't use (accounts/signin.py).

    It would look into Flask's session after every request, and so every file of ours would vary by the cookies of
    whoever asks, and no cache between us and them could keep it.
    """

    def _update_remember_cookie(self, response: Response) -> Response:
        return response


babel = Babel()
csrf = RotatingCSRFProtect()
login_manager = _NoRememberCookie()
