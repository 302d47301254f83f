"""The moderators' pages of the screens: the list, adding one, changing it, switching it; tried before it is saved."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts import doors
from forum.core import web
from forum.core.errors import Conflict, NotFound, Refused
from forum.core.limits import limited
from moderation import rules
from moderation.policy import sees_everything
from moderation.screens import actions, queries, wording
from moderation.screens.forms import ScreenForm
from moderation.screens.models import Screen
from moderation.screens.trying import Trial, try_on_latest

bp = Blueprint("screens", __name__, url_prefix="/moderation/screens")


# what is watched holds for the whole forum, and so do those who set it
bp.before_request(doors.only(sees_everything, _l("Screens are for moderators of the whole forum.")))


@bp.get("")
def index() -> Response:
    """List all screens, and what came of the question before insults."""
    return web.page(
        "moderation/screens.html",
        screens=queries.all_screens(),
        nudges=queries.nudges(),
        words=wording,
        name_of_rule=rules.name_of,
    )


@bp.route("/new", methods=["GET", "POST"])
@limited("STAFF", accepted_only=True)
def new() -> Response:
    """Add a screen: try it first, then save it."""
    form = ScreenForm()
    if request.method == "GET":
        return _page(form, None)
    return _tried_or_saved(form, None)


@bp.route("/<int:screen_id>", methods=["GET", "POST"])
@limited("STAFF", accepted_only=True)
def edit(screen_id: int) -> Response:
    """Change a screen: try it first, then save it."""
    screen = _found(screen_id)
    form = ScreenForm(screen)
    if request.method == "GET":
        return _page(form, screen)
    return _tried_or_saved(form, screen)


@bp.post("/<int:screen_id>/off")
@limited("STAFF", accepted_only=True)
def off(screen_id: int) -> Response:
    """Switch a screen off; it stays in the list with its count."""
    actions.switch(_found(screen_id).id, current_user, on=False)
    return web.see_other(url_for(".index"))


@bp.post("/<int:screen_id>/on")
@limited("STAFF", accepted_only=True)
def on(screen_id: int) -> Response:
    """Switch a screen on again."""
    actions.switch(_found(screen_id).id, current_user, on=True)
    return web.see_other(url_for(".index"))


def _tried_or_saved(form: ScreenForm, screen: Screen | None) -> Response:
    if not form.validate_on_submit():
        return _page(form, screen, 422)
    try:
        wanted = actions.check(form.wanted())
        if "save" not in request.form or not form.was_tried(wanted):
            form.mark_tried(wanted)
            return _page(form, screen, trial=try_on_latest(wanted))
        if screen is None:
            actions.add(wanted, current_user)
        else:
            actions.change(screen.id, wanted, form.seen.data or 0, current_user)
    except Conflict as conflict:
        form.refuse("words", conflict.message)
        return _page(form, _found(screen.id) if screen else None, 409)
    except Refused as refusal:
        form.refuse_by("words", refusal)
        return _page(form, screen, 422)
    flash(gettext("Saved. It holds from the next text on."))
    return web.see_other(url_for(".index"))


def _found(screen_id: int) -> Screen:
    screen = queries.screen(screen_id)
    if screen is None:
        raise NotFound
    return screen


def _page(form: ScreenForm, screen: Screen | None, status: int = 200, *, trial: Trial | None = None) -> Response:
    return web.page("moderation/screen.html", status, form=form, screen=screen, trial=trial, words=wording)
