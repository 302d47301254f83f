"""The pages on which moderators of the whole forum keep presets."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts import doors
from forum.core import web
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.core.limits import limited
from moderation import rules, wording
from moderation.policy import sees_everything
from moderation.presets import actions, queries
from moderation.presets.forms import PresetForm
from moderation.presets.models import Preset

bp = Blueprint("presets", __name__, url_prefix="/moderation/presets")


bp.before_request(doors.only(sees_everything, _l("Presets are kept by moderators of the whole forum.")))


@bp.get("")
def index() -> Response:
    """List all presets."""
    return web.page(
        "moderation/presets.html", presets=queries.all_presets(), outcomes=wording.OUTCOMES, name_of_rule=rules.name_of
    )


@bp.route("/new", methods=["GET", "POST"])
@limited("STAFF", accepted_only=True)
def new() -> Response:
    """Add a preset."""
    form = PresetForm()
    return _page(form, None) if request.method == "GET" else _saved(form, None)


@bp.route("/<int:preset_id>", methods=["GET", "POST"])
@limited("STAFF", accepted_only=True)
def edit(preset_id: int) -> Response:
    """Change a preset."""
    preset = _found(preset_id)
    form = PresetForm(preset)
    return _page(form, preset) if request.method == "GET" else _saved(form, preset)


@bp.post("/<int:preset_id>/remove")
@limited("STAFF", accepted_only=True)
def remove(preset_id: int) -> Response:
    """Remove a preset."""
    actions.remove(_found(preset_id).id, current_user)
    flash(gettext("The preset is gone. Decisions keep what was sent with them."))
    return web.see_other(url_for(".index"))


def _saved(form: PresetForm, preset: Preset | None) -> Response:
    if not form.validate_on_submit():
        return _page(form, preset, 422)
    try:
        if preset is None:
            actions.add(form.written(), current_user)
        else:
            actions.change(preset.id, form.written(), form.seen.data or 0, current_user)
    except (Conflict, Refused) as refusal:
        if isinstance(refusal, Forbidden):
            raise
        form.refuse("title", refusal.message)
        return _page(form, preset, refusal.status)
    flash(gettext("Saved."))
    return web.see_other(url_for(".index"))


def _found(preset_id: int) -> Preset:
    preset = queries.preset(preset_id)
    if preset is None:
        raise NotFound
    return preset


def _page(form: PresetForm, preset: Preset | None, status: int = 200) -> Response:
    return web.page("moderation/preset.html", status, form=form, preset=preset)
