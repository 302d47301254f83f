"""The one door of the administration: its blueprint, and who may enter."""

from __future__ import annotations

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from forum.accounts import doors
from forum.accounts.proving import ask_unless_fresh

bp = Blueprint("admin", __name__, url_prefix="/admin")
bp.before_request(doors.only_admins)


@bp.before_request
def ask_again() -> ResponseReturnValue | None:
    """Ask for a proof before an act when the last one is over 15 minutes old; the form goes on with it."""
    return None if request.method in ("GET", "HEAD") else ask_unless_fresh()
