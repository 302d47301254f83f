"""The one door of the administration: its blueprint, and who may enter."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from forum.accounts.policy import may_administer
from forum.accounts.proving import ask_unless_fresh
from forum.core.errors import Forbidden
from forum.core.extensions import login_manager

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.before_request
def only_admins() -> ResponseReturnValue | None:
    """Let administrators in; others learn that this is not for them, visitors are asked to sign in.

    An act is asked for a proof when the last one is over 15 minutes old; the form goes on with it.
    """
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if not may_administer(current_user):
        raise Forbidden(gettext("This part is for administrators."))
    return None if request.method in ("GET", "HEAD") else ask_unless_fresh()
