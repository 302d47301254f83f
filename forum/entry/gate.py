"""Where staff may be asked for a second factor: before any page on which somebody moderates or administers."""

from __future__ import annotations

from flask import Flask, Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import signin
from forum.core import web
from forum.core.errors import Forbidden
from forum.entry import queries
from forum.entry.admission import is_asked_of_staff

# Blueprints whose pages are all for staff; tests/entry/test_staff.py walks every route and finds one left out.
STAFF_ROOMS = {
    "admin", "appeal_desk", "bulk", "case_notes", "conduct", "credential_desk", "hosting", "inside",
    "message_appeal_desk", "message_reports", "moderation", "oversight", "planning", "presets", "purging", "ranker",
    "screens", "second_looks", "sorting", "thread_staff", "waiting",
}  # fmt: skip
STAFF_ACTS = {"answers.lock", "answers.unlock"}  # in a room that is for everybody


def connect(app: Flask) -> None:
    """Stand before every request."""
    app.before_request(ask_staff)


def ask_staff() -> Response | None:
    """Lead staff without a second factor to where they set one up, and those with one to where they show it."""
    if request.blueprint not in STAFF_ROOMS and request.endpoint not in STAFF_ACTS:
        return None
    if not current_user.is_authenticated or not is_asked_of_staff(current_user):
        return None
    here = signin.here()
    if here is not None and here.has_second_factor:
        return None
    if request.method not in ("GET", "HEAD"):
        raise Forbidden(gettext("Moderators and administrators need a second factor here. Set one up first."))
    if queries.has_second_factor(current_user.id):
        return web.see_other(url_for("entry.prove", next=request.full_path.rstrip("?"), second=1))
    flash(gettext("Moderators and administrators need a second factor here. Set one up first."), "warning")
    return web.see_other(url_for("security.index"))
