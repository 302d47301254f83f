"""Accounts that wait for a moderator's yes: read, approved, refused. For moderators and administrators."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts import approvals, doors
from forum.accounts.policy import may_take_part
from forum.admin.forms import RefusalForm
from forum.core import web
from forum.core.limits import limited
from forum.core.paging import LARGEST_ID

bp = Blueprint("waiting", __name__, url_prefix="/admin/waiting")


bp.before_request(
    doors.only(lambda person: may_take_part(person) and person.is_moderator, _l("This part is for moderators."))
)


@bp.get("")
def index() -> Response:
    """List the accounts that wait, oldest first."""
    return _page()


@bp.post("/<int:user_id>/approve")
@limited("STAFF", accepted_only=True)
def approve(user_id: int) -> Response:
    """Let the account take part fully."""
    if approvals.approve(min(user_id, LARGEST_ID), by=current_user):
        flash(gettext("The account is approved, and the person is told."))
    else:
        flash(gettext("Somebody has decided about this account meanwhile."), "warning")
    return web.see_other(url_for(".index"))


@bp.post("/<int:user_id>/refuse")
@limited("STAFF", accepted_only=True)
def refuse(user_id: int) -> Response:
    """Close the account, with a reason that the person reads."""
    form = RefusalForm()
    if not form.validate_on_submit():
        return _page(422, user_id, " ".join(form.reason.errors), form.reason.data or "")
    name = approvals.refuse(min(user_id, LARGEST_ID), form.reason.data, by=current_user)
    flash(gettext("The account %(name)s is closed, and the person is told why.", name=name))
    return web.see_other(url_for(".index"))


def _page(status: int = 200, refused_id: int | None = None, problem: str = "", typed: str = "") -> Response:
    after = request.args.get("after", "")
    start = min(int(after), LARGEST_ID) if after.isascii() and after.isdecimal() and len(after) < 12 else 0
    waiting = approvals.waiting(start)
    return web.page("admin/waiting.html", status, waiting=waiting, refused_id=refused_id, problem=problem, typed=typed)
