"""The desk: the queue, a case, claiming it and deciding it. Moderators only."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.core import web
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.core.extensions import login_manager
from forum.core.limits import limited
from moderation import cases, decisions, desk, policy, queries, rules, wording
from moderation.forms import DecisionForm
from moderation.models import Case, Decision
from moderation.screens import wording as screen_words

bp = Blueprint("moderation", __name__)


@bp.before_request
def moderators_only() -> Any:
    """Send strangers to the sign-in page, and refuse everybody who does not moderate."""
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if not policy.sees_desk(current_user):
        raise Forbidden(gettext("The desk is for moderators. What they decide stands in the public log."))
    return None


@bp.get("/moderation/cases")
def index() -> Response:
    """Show the queue, most urgent first."""
    return _page(None)


@bp.get("/moderation/cases/<int:case_id>")
def case(case_id: int) -> Response:
    """Show one case beside the queue."""
    return _page(_found(case_id))


@bp.post("/moderation/cases/<int:case_id>/claim")
@limited("STAFF", accepted_only=True)
def claim(case_id: int) -> Response:
    """Take a case, so that nobody else reads it at the same time."""
    _found(case_id)
    try:
        cases.claim(case_id, current_user)
    except Conflict as conflict:
        return _page(_found(case_id), 409, problem=conflict.message)
    return web.see_other(url_for(".case", case_id=case_id, **_narrowed()))


@bp.post("/moderation/cases/<int:case_id>/release")
@limited("STAFF", accepted_only=True)
def release(case_id: int) -> Response:
    """Give a case back to the queue."""
    _found(case_id)
    cases.release(case_id, current_user)
    return web.see_other(url_for(".case", case_id=case_id, **_narrowed()))


@bp.post("/moderation/cases/<int:case_id>/decisions")
@limited("STAFF", accepted_only=True)
def decide(case_id: int) -> Response:
    """Decide a case and go on to the next."""
    found = _found(case_id)
    form = _form(found)
    if found.is_open and not form.validate_on_submit():
        return _page(found, 422, form=form)
    try:
        made = _decided(case_id, form)
    except Conflict as conflict:
        found = _found(case_id)
        form.look_again(found)
        return _page(found, 409, form=form, problem=conflict.message)
    except Refused as refusal:
        if refusal.status != Refused.status:
            raise
        form.refuse("outcome", refusal.message)
        return _page(_found(case_id), 422, form=form)
    flash(gettext("%(done)s. Everybody concerned is told.", done=wording.decided(made)))
    following = queries.next_case(current_user, _queue().chosen)
    place = url_for(".case", case_id=following, **_narrowed()) if following else url_for(".index", **_narrowed())
    return web.see_other(place)


def _decided(case_id: int, form: DecisionForm) -> Decision:
    return decisions.decide(
        case_id,
        current_user,
        form.outcome.data or "",
        form.reason.data or "",
        form.rule.data or "",
        form.version.data,
        form.suspended_until(),
        form.revision.data,
    )


def _found(case_id: int) -> Case:
    found = queries.case_in_full(case_id)
    if found is None or not policy.sees_case(current_user, found):
        raise NotFound
    return found


def _form(found: Case) -> DecisionForm:
    return DecisionForm(
        found, current_user, suggested_rule=desk.suggested_rule(queries.flag_sums([found.id])[found.id])
    )


def _queue() -> desk.Queue:
    asked = request.args
    return desk.queue(current_user, asked.get("subtheme", ""), asked.get("source", ""), asked.get("after", ""))


def _narrowed() -> dict[str, Any]:
    """Return the queue's filter as this request carries it, for the next address."""
    return {name: request.args[name] for name in ("subtheme", "source") if request.args.get(name)}


def _page(found: Case | None, status: int = 200, *, form: DecisionForm | None = None, problem: Any = None) -> Response:
    """Return the whole desk; without a form of its own, an open case that the viewer may decide gets a fresh one."""
    sheet = desk.sheet(found, current_user) if found else None
    if sheet and not form:
        form = DecisionForm(sheet.case, current_user, suggested_rule=sheet.suggested_rule)
    return web.page(
        "moderation/desk.html",
        status,
        queue=_queue(),
        sheet=sheet,
        form=form,
        problem=problem,
        words=wording,
        screen_words=screen_words,
        name_of_rule=rules.name_of,
        narrowed=_narrowed(),
    )
