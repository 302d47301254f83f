"""The page behind the link that a parent or guardian gets: what this forum is, and their yes or no."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext

from forum.accounts import documents, guardians
from forum.accounts.consents import mark
from forum.core import web
from forum.core.errors import Conflict, NotFound
from forum.core.forms import Form
from forum.core.limits import limited

bp = Blueprint("guardian", __name__)


@bp.get("/guardian/<token>")
def show(token: str) -> Response:
    """Show what is asked: a mail scanner that opens the link must not answer it."""
    child = guardians.find(token)
    if child is None:
        return _dead()
    seen = mark(_versions())
    return web.page("accounts/guardian.html", form=Form(), token=token, child=child, seen=seen)


@bp.post("/guardian/<token>")
@limited("PROFILE")
def answer(token: str) -> Response:
    """Take the answer: consent to the documents as they were shown, or the account's end."""
    try:
        if request.form.get("answer") == "no":
            guardians.disagree(token)
            return web.page("accounts/guardian_answered.html", agreed=False)
        if request.form.get("seen") != mark(_versions()):
            raise Conflict(gettext("The documents have changed since this page was opened. Please look at them again."))
        child = guardians.agree(token, _versions())
    except NotFound:
        return _dead()
    return web.page("accounts/guardian_answered.html", agreed=True, child=child)


def _versions() -> dict[str, int]:
    return documents.versions(current_app.config["FORUM_INSTANCE"])


def _dead() -> Response:
    return web.page("accounts/guardian_dead.html", 404)
