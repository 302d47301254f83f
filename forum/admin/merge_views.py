"""The page on which an administrator merges two accounts of one person: chosen, previewed in numbers, confirmed."""

from __future__ import annotations

from flask import Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import queries as people
from forum.accounts.models import User
from forum.admin import merging, moving
from forum.admin.entrance import bp
from forum.core import web
from forum.core.errors import NotFound
from forum.core.limits import limited


@bp.route("/people/<username>/merge", methods=("GET", "POST"))
@limited("STAFF")
def merge(username: str) -> Response:
    """Show what would move from this account to the one that stays (`into`); a POST with the name typed does it."""
    into = request.values.get("into", "").strip()[:40]
    kept = people.by_username(into) if into else None
    gone = people.by_username(username)
    if gone is None:
        return _merged_before(username, kept)
    if request.method == "GET" or kept is None:
        problem = gettext("There is no account of this name.") if into and kept is None else ""
        return _page(gone, kept, into, problem, 422 if request.method == "POST" or problem else 200)
    if request.form.get("name", "").strip() != gone.username:
        return _page(
            gone, kept, into, gettext("Type the name of the account that goes, exactly as it stands here."), 422
        )
    merging.merge(gone, kept, by=current_user)
    flash(gettext("The accounts are merged. What is left of a large one moves within minutes."))
    return web.see_other(url_for(".person", username=kept.username))


def _merged_before(username: str, kept: User | None) -> Response:
    bearer = people.by_former_name(username)
    if bearer is None or (kept is not None and kept.id != bearer.id):
        raise NotFound
    flash(gettext("These are one account already."), "warning")
    return web.see_other(url_for(".person", username=bearer.username))


def _page(gone: User, kept: User | None, into: str, problem: str, status: int) -> Response:
    refusal = merging.why_not(gone, kept, current_user) if kept else None
    return web.page(
        "admin/merge.html", status, gone=gone, kept=kept, into=into, problem=problem, refusal=refusal,
        numbers=moving.counted(gone.id) if kept else [],
    )  # fmt: skip
