"""The page on which an admin edits the rules, and the former versions that everybody can read."""

from __future__ import annotations

from flask import Blueprint, Response, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import doors
from forum.accounts.proving import ask_unless_fresh
from forum.core import web
from forum.core.errors import Conflict, Refused
from forum.core.limits import limited
from moderation import rules
from moderation.conduct import actions
from moderation.conduct.forms import RulesForm

bp = Blueprint("conduct", __name__, url_prefix="/admin/rules")


bp.before_request(doors.only_admins)


@bp.get("")
def edit() -> Response:
    """Show all rules, in both languages, with room for one more."""
    form = RulesForm()
    form.fill(actions.wordings(), rules.version())
    return _page(form, 200)


@bp.post("")
@limited("STAFF", accepted_only=True)
def publish() -> ResponseReturnValue:
    """Publish them as a new version."""
    if (asked := ask_unless_fresh()) is not None:
        return asked
    form = RulesForm()
    if not form.validate_on_submit():
        return _page(form, 422)
    try:
        version = actions.publish(form.written(), form.seen.data or 0, by=current_user)
    except Conflict as conflict:
        return _page(form, 409, problem=conflict.message)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        return _page(form, 422, problem=refusal.message)
    if version is None:
        flash(gettext("Nothing was changed."), "warning")
    else:
        flash(gettext("Version %(number)s of the rules is in force. Everybody is asked to accept it.", number=version))
    return web.see_other("/rules" if version else "/admin/rules")


def _page(form: RulesForm, status: int, problem: object = None) -> Response:
    return web.page("moderation/edit_rules.html", status, form=form, problem=problem, version=rules.version())
