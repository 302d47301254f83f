"""For hosts: planning a session, changing its plan, bringing it into its next state, and the desk of its questions."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts.models import User
from forum.asking import asked, clock, page, planning, policy, queries, similar, transitions, triage
from forum.asking.forms import PlanForm, TriageForm
from forum.asking.models import AskSession, Question, Status
from forum.asking.wording import PHASES
from forum.core import web
from forum.core.database import now
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.core.limits import limited
from forum.core.paging import id_in
from forum.experts import queries as experts
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import by_slug
from forum.threads.forms import credential_words
from forum.threads.screening import Asked

bp = Blueprint("hosting", __name__)

QUEUE = 50  # questions that the desk lists at once
ALIKE = 8


@bp.route("/subthemes/<slug>/sessions/new", methods=["GET", "POST"])
@login_required
@limited("STAFF", accepted_only=True)
def new(slug: str) -> Response:
    """Plan a session in the sub-theme."""
    subtheme = by_slug(slug) or abort(404)
    if (why_not := policy.why_not_plan(current_user, subtheme)) is not None:
        raise Forbidden(why_not)
    form = PlanForm(_candidates(subtheme), None)
    if request.method == "GET":
        return _plan_page(form, subtheme)
    if form.validate_on_submit():
        try:
            token, told = form.form_token.data or None, form.asked.data
            session = planning.plan(subtheme, current_user, form.wanted(), token, told)
            return web.see_other(page.url(session))
        except Asked as asked_first:
            form.ask(asked_first)
        except Refused as refusal:
            _refuse(form, refusal)
    return _plan_page(form, by_slug(slug) or subtheme, status=422)


@bp.route("/sessions/<int:session_id>/change", methods=["GET", "POST"])
@login_required
@limited("STAFF", accepted_only=True)
def change(session_id: int) -> Response:
    """Change what is still to come of a session."""
    session = _hosted(session_id)
    named = queries.experts(session)
    form = PlanForm(_candidates(session.thread.subtheme, named), session, expert_ids=[user.id for user, _ in named])
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                planning.change(
                    session_id, form.wanted(), id_in(request.form.get("seen")) or 0, current_user, form.asked.data
                )
                return web.see_other(page.url(_hosted(session_id)))
            except Asked as asked_first:
                form.ask(asked_first)
            except NotFound:
                raise
            except Refused as refusal:
                _refuse(form, refusal)
                status = refusal.status
                if isinstance(refusal, Conflict):  # whoever has looked can send it once more
                    form.seen.data = str(_hosted(session_id).version)
    session = _hosted(session_id)
    return _plan_page(form, session.thread.subtheme, session, status)


@bp.post("/sessions/<int:session_id>/advance")
@login_required
@limited("STAFF", accepted_only=True)
def advance(session_id: int) -> Response:
    """Bring the session into its next state now."""
    session = queries.visible(session_id, current_user) or abort(404)
    phase = transitions.advance(session_id, request.form.get("state", ""), current_user)
    flash(gettext("The session is in its next state: %(state)s.", state=PHASES[phase]))
    return web.see_other(page.url(session))


@bp.get("/sessions/<int:session_id>/desk")
@login_required
def desk(session_id: int) -> Response:
    """Show the questions to sort, by how many people ask them, and the chosen one."""
    return _desk_page(_hosted(session_id))


@bp.post("/questions/<int:post_id>/triage")
@login_required
@limited("STAFF", accepted_only=True)
def sort(post_id: int) -> Response:
    """Merge, take out, route, decline or take up one question."""
    question = asked.question(post_id, current_user) or abort(404)
    session = _hosted(question.session_id)  # also before a refused form is shown again on the desk
    form = TriageForm()
    if not form.validate_on_submit():
        return _desk_page(session, form, 422, post_id)
    try:
        _act(post_id, form)
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        form.refuse("reason", refusal.message)
        return _desk_page(_hosted(question.session_id), form, refusal.status, post_id)
    chosen = post_id if form.act.data == "route" else None
    return web.see_other(url_for(".desk", session_id=question.session_id, question=chosen))


def _act(post_id: int, form: TriageForm) -> None:
    act = form.act.data
    if act == "merge":
        others = [number for value in request.form.getlist("question") if (number := id_in(value))]
        triage.merge([*others, post_id], id_in(form.into.data) or post_id, current_user)
    elif act == "unmerge":
        triage.unmerge(post_id, current_user)
    elif act == "route":
        triage.route(post_id, id_in(form.expert.data) or None, current_user)
    elif act == "decline":
        triage.decline(post_id, form.reason.data, current_user)
    elif act == "reopen":
        triage.reopen(post_id, current_user)
    else:
        raise Refused(gettext("Choose what to do with the question."))


def _hosted(session_id: int) -> AskSession:
    session = queries.visible(session_id, current_user) or abort(404)
    if (why_not := policy.why_not_host(current_user, session)) is not None:
        raise Forbidden(why_not)
    return session


def _candidates(subtheme: SubTheme, named: Sequence[tuple[User, Credential | None]] = ()) -> list[tuple[int, str]]:
    """Return whom a host can name: experts in force, and those named already, as (id, name and badge)."""
    people = {one.user_id: (one.user, one) for one in experts.of_subtheme(subtheme.id, queries.CANDIDATES_MOST)}
    everybody = [*people.values(), *((user, one) for user, one in named if user.id not in people)]
    return [(user.id, f"{user.name} – {credential_words(one)}" if one else user.name) for user, one in everybody]


def _refuse(form: PlanForm, refusal: Refused) -> None:
    form.form_errors.append(str(refusal.message))


def _plan_page(form: PlanForm, subtheme: SubTheme, session: AskSession | None = None, status: int = 200) -> Response:
    step = clock.next_step(session, now()) if session else None
    return web.page(
        "asking/plan.html",
        status,
        form=form,
        subtheme=subtheme,
        session=session,
        phase=page.phase_now(session) if session else None,
        next_step=step,
        session_url=page.url(session) if session else None,
    )


def _desk_page(
    session: AskSession, form: TriageForm | None = None, status: int = 200, chosen_id: int | None = None
) -> Response:
    wanted = request.args.get("show", "")
    shown = Status(wanted) if wanted in set(Status) else Status.OPEN
    found = asked.listed(session, shown, request.args.get("after", ""), size=QUEUE)
    chosen = _chosen(session, found.items, chosen_id or id_in(request.args.get("question")))
    text = chosen.post.plain if chosen else ""
    alike = [one for one in similar.alike(session, text, ALIKE) if chosen and one.post_id != chosen.post_id]
    return web.page(
        "asking/desk.html",
        status,
        session=session,
        phase=page.phase_now(session),
        next_step=clock.next_step(session, now()),
        session_url=page.url(session),
        shown=shown,
        questions=found.items,
        next_url=url_for(".desk", session_id=session.id, show=shown, after=found.next_cursor)
        if found.next_cursor
        else None,
        chosen=chosen,
        merged=asked.merged_into([chosen.post_id]).get(chosen.post_id, ()) if chosen else (),
        alike=alike,
        experts=queries.experts(session) if chosen else [],
        form=form or TriageForm(formdata=None),
    )


def _chosen(session: AskSession, listed: Sequence[Question], question_id: int | None) -> Question | None:
    if question_id is None:
        return listed[0] if listed else None
    question = asked.question(question_id, current_user)
    return question if question and question.session_id == session.id else abort(404)
