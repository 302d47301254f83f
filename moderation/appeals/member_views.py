"""Appealing against a decision that concerns oneself, by sign-in or by a letter's link; the list of one's own."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_login import current_user, login_required

from forum.core import web
from forum.core.errors import NotFound
from forum.core.limits import limited
from forum.core.paging import id_in
from moderation import queries as moderation
from moderation import wording as words
from moderation.appeals import actions, links, pages, policy, queries, wording
from moderation.message_appeals import queries as message_appeals
from moderation.models import Decision
from moderation.policy import is_about_thread_of
from moderation.reports.wording import TO_AUTHOR

bp = Blueprint("appeals", __name__)


@bp.route("/moderation/decisions/<int:decision_id>/appeal", methods=("GET", "POST"))
@login_required
@limited("APPEAL", accepted_only=True)
def own(decision_id: int) -> Response:
    """Appeal against a decision: its author from the decision's page, a flagger from here."""
    found = _concerning(decision_id, current_user)
    is_author = found.case.author_id == current_user.id or is_about_thread_of(current_user, found)
    there = url_for("flags.decision", decision_id=found.id) if is_author else url_for(".own", decision_id=found.id)
    if is_author and request.method == "GET":
        return web.see_other(there)
    page: Any = pages.decision_page if is_author else pages.kept_page
    return pages.own_page(
        there,
        lambda words: actions.file(found.id, current_user, words),
        lambda status, form: page(_concerning(decision_id, current_user), current_user, status, form),
    )


@bp.route("/appeals/<token>", methods=("GET", "POST"))
@limited("APPEAL", accepted_only=True)
def by_link(token: str) -> Response:
    """Open one decision and its appeal to whom it concerns, who can't sign in; nobody is signed in by it."""
    opened = links.read(token)
    if opened is None:
        return web.page("moderation/link_over.html", 404)
    found, person = opened
    here = url_for(".by_link", token=token)
    return pages.own_page(
        here,
        lambda words: actions.file(found.id, person, words),
        lambda status, form: pages.decision_page(found, person, status, form, action=here),
    )


@bp.get("/settings/decisions")
@login_required
def mine() -> Response:
    """List what was decided about one's own posts, and one's appeals."""
    before = id_in(request.args.get("before"))
    page = queries.own_decisions(current_user.id, before)
    return web.page(
        "moderation/own_decisions.html",
        rows=page.items,
        about_others=queries.own_appeals_about_others(current_user.id) if not before else [],
        of_messages=message_appeals.own_decisions(current_user.id) if not before else [],
        words=words,
        verdicts=TO_AUTHOR,
        answers=wording.STATES,
        older=url_for(".mine", before=page.next_cursor) if page.next_cursor else None,
        newest=url_for(".mine") if before else None,
    )


def _concerning(decision_id: int, person: Any) -> Decision:
    """Return the decision if it concerns the person, or raise NotFound."""
    found = moderation.decision_in_full(decision_id)
    if found is None:
        raise NotFound
    has_flagged = moderation.flag_of(found.case_id, person.id) is not None
    if not policy.is_concerned(person, found, has_flagged=has_flagged):
        raise NotFound
    return found
