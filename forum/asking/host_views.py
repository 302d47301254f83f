"""For hosts: planning a session, changing its plan, and bringing it into its next state."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, abort, flash, request
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts.models import User
from forum.asking import clock, page, planning, policy, queries, transitions, words
from forum.asking.forms import PlanForm
from forum.asking.models import AskSession
from forum.asking.wording import PHASES
from forum.asking.words import Words
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


@bp.route("/subthemes/<slug>/sessions/new", methods=["GET", "POST"])
@login_required
@limited("STAFF", accepted_only=True)
def new(slug: str) -> Response:
    """Plan a session in the sub-theme."""
    subtheme = by_slug(slug) or abort(404)
    if (why_not := policy.why_not_plan(current_user, subtheme)) is not None:
        raise Forbidden(why_not)
    form = PlanForm(_candidates(subtheme))
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
    form = _plan_form(hosted(session_id))
    if request.method == "GET":
        return _plan_page(form, session_id=session_id)
    if not form.validate_on_submit():
        return _plan_page(form, session_id=session_id, status=422)
    try:
        seen, revision = (id_in(request.form.get(name)) or 0 for name in ("seen", "revision"))
        planning.change(session_id, form.wanted(), seen, current_user, form.asked.data, revision)
        return web.see_other(page.url(hosted(session_id)))
    except NotFound:
        raise
    except Asked as asked_first:
        form.ask(asked_first)
        return _plan_page(form, session_id=session_id, status=422)
    except Refused as refusal:
        _refuse(form, refusal)
        if isinstance(refusal, Conflict):
            session = hosted(session_id)
            form.look_again(session.version, *_words_of(session))
        return _plan_page(form, session_id=session_id, status=refusal.status)


def _plan_form(session: AskSession) -> PlanForm:
    named = queries.experts(session)
    people = [user.id for user, _ in named]
    return PlanForm(_candidates(session.thread.subtheme, named), session, *_words_of(session), expert_ids=people)


def _words_of(session: AskSession) -> tuple[Words, int | None]:
    """Return the words that are shown now, and their revision if the viewer may change them."""
    opening = queries.opening(session.thread_id)
    is_theirs = opening is not None and session.host_id == current_user.id
    return words.shown(session, opening), opening.revision if opening and is_theirs else None


@bp.post("/sessions/<int:session_id>/advance")
@login_required
@limited("STAFF", accepted_only=True)
def advance(session_id: int) -> Response:
    """Bring the session into its next state now."""
    session = queries.visible(session_id, current_user) or abort(404)
    phase = transitions.advance(session_id, request.form.get("state", ""), current_user)
    flash(gettext("The session is in its next state: %(state)s.", state=PHASES[phase]))
    return web.see_other(page.url(session))


def hosted(session_id: int) -> AskSession:
    """Return the session if the viewer may act as its host; raise Forbidden, or NotFound as an answer."""
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


def _plan_page(
    form: PlanForm, subtheme: SubTheme | None = None, session_id: int | None = None, status: int = 200
) -> Response:
    session = hosted(session_id) if session_id else None
    return web.page(
        "asking/plan.html",
        status,
        form=form,
        subtheme=session.thread.subtheme if session else subtheme,
        session=session,
        phase=page.phase_now(session) if session else None,
        next_step=clock.next_step(session, now()) if session else None,
        session_url=page.url(session) if session else None,
    )
