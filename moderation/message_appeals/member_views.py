"""Appealing against a decision about messages: its author by sign-in or a letter's link, or whoever flagged them."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_login import current_user, login_required

from forum.core import web
from forum.core.errors import NotFound
from forum.core.limits import limited
from moderation.appeals.pages import own_page
from moderation.message_appeals import actions, links, pages, policy
from moderation.reports.models import MessageReport
from moderation.reports.queries import report_in_full

bp = Blueprint("message_appeals", __name__)


@bp.route("/moderation/messages/<int:report_id>/appeal", methods=("GET", "POST"))
@login_required
@limited("APPEAL", accepted_only=True)
def own(report_id: int) -> Response:
    """Appeal against a decision: the author from the decision's page, whoever flagged the messages from here."""
    report = _concerning(report_id)
    here = url_for(".own", report_id=report.id)
    there = here if report.is_dismissed else url_for("message_flags.decision", report_id=report.id)
    if request.method == "GET" and not report.is_dismissed:
        return web.see_other(there)
    page: Any = pages.dismissed_page if report.is_dismissed else pages.decision_page
    return own_page(
        there,
        lambda words: actions.file(report_id, current_user, words),
        lambda status, form: page(_concerning(report_id), current_user, status, form),
    )


@bp.route("/appeals/messages/<token>", methods=("GET", "POST"))
@limited("APPEAL", accepted_only=True)
def by_link(token: str) -> Response:
    """Open one decision and its appeal to the author, who can't sign in; nobody is signed in by it."""
    opened = links.read(token)
    if opened is None:
        return web.page("moderation/link_over.html", 404)
    report, person = opened
    here = url_for(".by_link", token=token)
    return own_page(
        here,
        lambda words: actions.file(report.id, person, words),
        lambda status, form: pages.decision_page(report, person, status, form, action=here),
    )


def _concerning(report_id: int) -> MessageReport:
    report = report_in_full(report_id)
    if report is None or not policy.is_concerned(current_user, report):
        raise NotFound
    return report
