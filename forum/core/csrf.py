"""The token of forms: one that was signed with a former key is taken too, so that keys can be changed."""

from __future__ import annotations

from flask import current_app, g
from flask_wtf.csrf import CSRFError, CSRFProtect, validate_csrf
from wtforms import ValidationError


class RotatingCSRFProtect(CSRFProtect):
    """Flask-WTF's protection; it knows SECRET_KEY alone, where Flask's own session knows SECRET_KEY_FALLBACKS too."""

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
