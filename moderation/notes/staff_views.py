"""Writing a note on a case, reading what others noted, and handing the case over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.core import web
from forum.core.errors import Conflict, Forbidden
from forum.core.limits import limited
from moderation import cases, staff_views
from moderation.notes import actions, queries
from moderation.notes.forms import HandOverForm, NoteForm

bp = Blueprint("case_notes", __name__)
bp.before_request(staff_views.moderators_only)


@bp.post("/moderation/cases/<int:case_id>/notes")
@limited("STAFF", accepted_only=True)
def write(case_id: int) -> Response:
    """Note something for the case's other moderators."""
    found = staff_views.found_case(case_id)
    form = NoteForm()
    if not form.validate_on_submit():
        return staff_views.desk_page(found, 422, note_form=form)
    actions.write(case_id, current_user, form.note.data or "")
    flash(gettext("Noted. Only moderators read it."))
    return web.see_other(url_for("moderation.case", case_id=case_id, **staff_views.narrowed()))


@bp.post("/moderation/cases/<int:case_id>/notes/read")
@limited("STAFF", accepted_only=True)
def read(case_id: int) -> Response:
    """Show an admin the notes of a case that others handle: the public log and all admins are told of it."""
    found = staff_views.found_case(case_id)
    actions.open_notes(found, current_user)
    return staff_views.desk_page(staff_views.found_case(case_id), opens_notes=True)


@bp.route("/moderation/cases/<int:case_id>/handover", methods=("GET", "POST"))
@limited("STAFF", accepted_only=True)
def hand_over(case_id: int) -> Response:
    """Give a case to another moderator or back to the queue."""
    found = staff_views.found_case(case_id)
    try:
        cases.check(found, current_user)
    except Conflict as conflict:
        return staff_views.desk_page(found, 409, problem=conflict.message)
    form = HandOverForm(queries.possible_holders(found, current_user))
    if not form.validate_on_submit():
        return _page(found, form)
    to = form.chosen()
    try:
        actions.hand_over(case_id, current_user, to, form.note.data or "")
    except Conflict as conflict:
        return staff_views.desk_page(staff_views.found_case(case_id), 409, problem=conflict.message)
    except Forbidden as refusal:
        form.refuse("to", refusal.message)
        return _page(found, form)
    flash(
        gettext("%(name)s has the case now and is told.", name=to.name)
        if to
        else gettext("The case is back in the queue.")
    )
    return web.see_other(url_for("moderation.index", **staff_views.narrowed()))


def _page(found: Any, form: HandOverForm) -> Response:
    status = 422 if form.errors else 200
    return web.page("moderation/hand_over.html", status, case=found, form=form, narrowed=staff_views.narrowed())
