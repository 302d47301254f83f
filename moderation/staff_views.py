"""The desk: the queue, a case, claiming it and deciding it. Moderators only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts import doors
from forum.core import web
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.core.limits import limited
from forum.credentials import queries as applications
from moderation import cases, decisions, desk, policy, queries, queue, rules, undoing, wording
from moderation.forms import DecisionForm
from moderation.models import Case, Decision
from moderation.notes.forms import NoteForm
from moderation.profiles import contents, pictures
from moderation.record import wording as record_words
from moderation.screens import wording as screen_words

bp = Blueprint("moderation", __name__)


moderators_only = doors.only(
    policy.sees_desk, _l("The desk is for moderators. What they decide stands in the public log.")
)
bp.before_request(moderators_only)


@bp.get("/moderation/cases")
def index() -> Response:
    """Show the queue, most urgent first."""
    return desk_page(None)


@bp.get("/moderation/cases/<int:case_id>")
def case(case_id: int) -> Response:
    """Show one case beside the queue."""
    return desk_page(found_case(case_id))


@bp.get("/moderation/cases/<int:case_id>/picture")
def picture(case_id: int) -> Response:
    """Serve the picture of a flagged profile as it was flagged, to whoever may open the case and to no cache."""
    said = contents.frozen(found_case(case_id))
    squares = pictures.kept(str(said.get("avatar", "")))
    if not squares:
        raise NotFound
    answer = Response(squares[max(squares)], mimetype="image/webp")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post("/moderation/cases/<int:case_id>/claim")
@limited("STAFF", accepted_only=True)
def claim(case_id: int) -> Response:
    """Take a case, so that nobody else reads it at the same time."""
    found_case(case_id)
    try:
        cases.claim(case_id, current_user)
    except Conflict as conflict:
        return desk_page(found_case(case_id), 409, problem=conflict.message)
    return web.see_other(url_for(".case", case_id=case_id, **narrowed()))


@bp.post("/moderation/cases/<int:case_id>/release")
@limited("STAFF", accepted_only=True)
def release(case_id: int) -> Response:
    """Give a case back to the queue."""
    found_case(case_id)
    cases.release(case_id, current_user)
    return web.see_other(url_for(".case", case_id=case_id, **narrowed()))


@bp.post("/moderation/cases/<int:case_id>/decisions")
@limited("STAFF", accepted_only=True)
def decide(case_id: int) -> Response:
    """Decide a case and go on to the next."""
    found = found_case(case_id)
    form = _form(found)
    if found.is_open and not form.validate_on_submit():
        return desk_page(found, 422, form=form)
    try:
        made = _decided(case_id, form)
    except Conflict as conflict:
        found = found_case(case_id)
        form.look_again(found)
        return desk_page(found, 409, form=form, problem=conflict.message)
    except Refused as refusal:
        form.refuse_by(form.place_of_refusal(), refusal)
        return desk_page(found_case(case_id), 422, form=form)
    _flash_with_undo(made)
    following = queue.next_case(current_user, _queue().chosen)
    place = url_for(".case", case_id=following, **narrowed()) if following else url_for(".index", **narrowed())
    return web.see_other(place)


def _flash_with_undo(made: Decision) -> None:
    """Say what was done, with the button that takes it back: a flash is shown once, wherever they go next."""
    said = gettext("%(done)s. Everybody concerned is told.", done=wording.decided(made))
    if undoing.may_undo(current_user, made):
        flash({"said": said, "undo": url_for(".undo", decision_id=made.id, **narrowed())})  # type: ignore[arg-type]
    else:
        flash(said)


@bp.post("/moderation/decisions/<int:decision_id>/undo")
def undo(decision_id: int) -> Response:
    """Take one's own decision back within seconds, and lead back to the case."""
    found = queries.decision_in_full(decision_id)
    if found is None or not policy.sees_case(current_user, found.case):
        raise NotFound
    try:
        case = undoing.undo(decision_id, current_user)
    except (Conflict, Refused) as refusal:
        if isinstance(refusal, Forbidden):
            raise
        return desk_page(found_case(found.case_id), refusal.status, problem=refusal.message)
    flash(gettext("The decision is taken back, and the case is open again."))
    return web.see_other(url_for(".case", case_id=case.id, **narrowed()))


def _decided(case_id: int, form: DecisionForm) -> Decision:
    return decisions.decide(
        case_id,
        current_user,
        form.outcome.data or "",
        form.reason.data or "",
        form.rule.data or "",
        form.version.data,
        form.ends_at(),
        form.revision.data,
        form.chosen_parts(),
        form.details(),
    )


def found_case(case_id: int) -> Case:
    """Return the case with all that its page needs; raises NotFound for one that isn't on the viewer's desk."""
    found = queries.case_in_full(case_id)
    if found is None or not policy.sees_case(current_user, found):
        raise NotFound
    return found


def _form(found: Case) -> DecisionForm:
    return DecisionForm(
        found, current_user, suggested_rule=desk.suggested_rule(queries.flag_sums([found.id])[found.id])
    )


def _queue() -> desk.Queue:
    return desk.queue(current_user, request.args, request.args.get("after", ""))


def narrowed() -> dict[str, Any]:
    """Return the queue's filter as this request carries it, for the next address; it is checked where it is read."""
    return {name: request.args[name] for name in desk.FILTERS if request.args.get(name)}


def desk_page(
    found: Case | None,
    status: int = 200,
    *,
    form: DecisionForm | None = None,
    note_form: NoteForm | None = None,
    problem: Any = None,
    opens_notes: bool = False,
) -> Response:
    """Return the whole desk; without a form of its own, an open case that the viewer may decide gets a fresh one.

    `opens_notes`: an admin has asked for the notes of a case that others handle, and it has been said.
    """
    sheet = desk.sheet(found, current_user, opens_notes=opens_notes) if found else None
    left = _queue()
    if sheet and not form:
        form = DecisionForm(sheet.case, current_user, sheet.suggested_rule, left.subthemes)
    return web.page(
        "moderation/desk.html",
        status,
        queue=left,
        sheet=sheet,
        form=form,
        note_form=note_form or NoteForm(formdata=None),
        problem=problem,
        words=wording,
        screen_words=screen_words,
        record_words=record_words,
        name_of_rule=rules.name_of,
        narrowed=narrowed(),
        applications=applications.waiting_count(current_user),
        applications_most=applications.COUNTED_MOST,
    )
