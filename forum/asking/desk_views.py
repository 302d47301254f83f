"""The host's desk: the questions of a session to sort, the most asked first, and the chosen one beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.asking import asked, clock, page, queries, similar, triage, under
from forum.asking.forms import TriageForm
from forum.asking.host_views import hosted
from forum.asking.models import AskSession, Question, Status
from forum.asking.under import Few, Further
from forum.core import web
from forum.core.database import now
from forum.core.errors import Forbidden, NotFound, Refused
from forum.core.limits import limited
from forum.core.paging import id_in

bp = Blueprint("sorting", __name__)

QUEUE = 50  # questions that the desk lists at once
ALIKE = 8


@dataclass(frozen=True)
class Spot:
    """Where on the desk a host is: which list, behind which key, and the question that is open."""

    shown: Status
    after: str
    question_id: int | None

    @classmethod
    def told(cls) -> Spot:
        """Return what the address says, of a page or of the form on it."""
        shown, after = request.args.get("show", ""), request.args.get("after", "")
        is_status = shown in set(Status)
        return cls(Status(shown) if is_status else Status.OPEN, after[:30], id_in(request.args.get("question")))

    def url(self, session_id: int, **other: Any) -> str:
        """Return the address of this spot, or of one beside it."""
        query: dict[str, Any] = {"show": self.shown, "after": self.after or None, "question": self.question_id} | other
        return url_for(".desk", session_id=session_id, **query)

    def act_url(self, post_id: int) -> str:
        """Return where a form of this spot goes."""
        after, question = self.after or None, self.question_id
        return url_for(".sort", post_id=post_id, show=self.shown, after=after, question=question)


@bp.get("/sessions/<int:session_id>/desk")
@login_required
def desk(session_id: int) -> Response:
    """Show the questions to sort, by how many people ask them, and the chosen one."""
    return _desk_page(hosted(session_id))


@bp.post("/questions/<int:post_id>/triage")
@login_required
@limited("STAFF", accepted_only=True)
def sort(post_id: int) -> Response:
    """Merge, take out, route, decline or take up one question."""
    question = asked.question(post_id, current_user) or abort(404)
    session = hosted(question.session_id)  # also before a refused form is shown again on the desk
    form = TriageForm()
    if not form.validate_on_submit():
        return _desk_page(session, form, 422, post_id)
    onward = _onward(session, question, form)
    try:
        _act(post_id, form)
    except (Forbidden, NotFound):
        raise
    except Refused as refusal:
        form.refuse("reason", refusal.message)
        return _desk_page(hosted(question.session_id), form, refusal.status, post_id)
    return web.see_other(Spot.told().url(question.session_id, question=onward))


def _onward(session: AskSession, question: Question, form: TriageForm) -> int | None:
    """Return the question that is open after the act: the one that stays in the list, else the one behind it."""
    spot, post_id = Spot.told(), question.post_id
    if spot.question_id not in (None, post_id):  # an act beside the open one
        return spot.question_id
    if form.act.data == "route" or (form.act.data == "merge" and not id_in(form.into.data)):
        return post_id
    behind = asked.listed(session, spot.shown, f"{question.support_count}.{post_id}", size=1).items
    return behind[0].post_id if behind else None


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


def _desk_page(
    session: AskSession, form: TriageForm | None = None, status: int = 200, chosen_id: int | None = None
) -> Response:
    spot = Spot.told()
    found = asked.listed(session, spot.shown, spot.after, size=QUEUE)
    chosen = _chosen(session, found.items, spot.question_id or chosen_id)
    spot = Spot(spot.shown, spot.after, chosen.post_id if chosen else None)
    return web.page(
        "asking/desk.html",
        status,
        session=session,
        spot=spot,
        phase=page.phase_now(session),
        next_step=clock.next_step(session, now()),
        session_url=page.url(session),
        questions=found.items,
        first_url=spot.url(session.id, after=None, question=None) if spot.after else None,
        next_url=spot.url(session.id, after=found.next_cursor, question=None) if found.next_cursor else None,
        **_beside(session, chosen),
        form=form or TriageForm(formdata=None),
    )


def _beside(session: AskSession, chosen: Question | None) -> dict[str, Any]:
    """Return the chosen question with what was merged into it, what asks the same, and who could answer it."""
    if chosen is None:
        return {"chosen": None, "merged": Few(), "alike": [], "experts": []}
    post_id = chosen.post_id
    further = Further(post_id, id_in(request.args.get("merged")) or 0)
    alike = similar.alike(session, chosen.post.plain, ALIKE + 1)  # the first is mostly itself
    return {
        "chosen": chosen,
        "merged": under.merged([post_id], further).get(post_id) or Few(),
        "alike": [one for one in alike if one.post_id != post_id][:ALIKE],
        "experts": queries.experts(session),
    }


def _chosen(session: AskSession, listed: Sequence[Question], question_id: int | None) -> Question | None:
    if question_id is None:
        return listed[0] if listed else None
    question = asked.question(question_id, current_user)
    return question if question and question.session_id == session.id else abort(404)
