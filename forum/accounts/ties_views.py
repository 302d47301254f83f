"""Muting and blocking somebody, from their page or from a post, and the list of those whom I keep away."""

from __future__ import annotations

import re

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts import ties
from forum.accounts.queries import by_username
from forum.core import web
from forum.core.limits import limited

bp = Blueprint("ties", __name__)
_POST = re.compile(r"post-[0-9]{1,19}")


@bp.get("/settings/ties")
@login_required
def index() -> Response:
    """List whom I mute and block."""
    return web.page("accounts/ties.html", rows=ties.of(current_user.id))


@bp.post("/people/<username>/tie")
@login_required
@limited("PROFILE", accepted_only=True)
def change(username: str) -> Response:
    """Mute the person, block them, or neither, and go back to where that was asked."""
    person = by_username(username) or abort(404)
    kind = request.form.get("kind", "")
    if ties.keep(person, kind, by=current_user):
        flash(_said(kind, person.name))
    target = web.back(request.form.get("next"), url_for("people.profile", username=person.username))
    if (post := _POST.fullmatch(request.args.get("at", ""))) and "next" in request.form:
        target = f"{target.partition('#')[0]}#{post[0]}"
    if kind != ties.Kind.NONE:  # a post is folded up now, and browsers open what they go to
        target = target.replace("#post-", "#folded-")
    return web.see_other(target)


def _said(kind: str, name: str) -> str:
    if kind == ties.Kind.MUTE:
        return gettext("You have muted %(name)s: their posts are folded up and cause no notices.", name=name)
    if kind == ties.Kind.BLOCK:
        return gettext("You have blocked %(name)s: nothing of theirs reaches you, and they are not told.", name=name)
    return gettext("%(name)s is as near to you as everybody else again.", name=name)
