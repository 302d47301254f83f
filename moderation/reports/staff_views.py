"""The queue of flagged messages, one report, and deciding it. Moderators only; no conversation can be opened here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts import doors
from forum.core import web
from forum.core.errors import Conflict, Refused
from forum.core.limits import limited
from moderation import rules
from moderation.policy import sees_everything
from moderation.reports import actions, policy, queries, wording
from moderation.reports.forms import ReportForm
from moderation.reports.models import MessageReport

bp = Blueprint("message_reports", __name__)


# messages belong to no sub-theme, so that its moderators see none
bp.before_request(doors.only(sees_everything, _l("Flagged messages are for moderators of the whole forum.")))


@bp.get("/moderation/messages")
def index() -> Response:
    """List open reports, those that come first and then the oldest."""
    after = request.args.get("after", "")
    page = queries.queue(current_user, after)
    return web.page(
        "moderation/message_reports.html",
        reports=page.items,
        name_of_rule=rules.name_of,
        later=url_for(".index", after=page.next_cursor) if page.next_cursor else None,
        first=url_for(".index") if after else None,
    )


@bp.get("/moderation/messages/<int:report_id>")
def show(report_id: int) -> Response:
    """Show one report: copies of the flagged messages and nothing else of the conversation."""
    return _page(_found(report_id))


@bp.post("/moderation/messages/<int:report_id>/decisions")
@limited("STAFF", accepted_only=True)
def decide(report_id: int) -> Response:
    """Decide a report and go on to the next."""
    found = _found(report_id)
    form = ReportForm(found, current_user)
    if found.is_open and not form.validate_on_submit():
        return _page(found, 422, form)
    try:
        made = actions.decide(
            report_id,
            current_user,
            form.outcome.data or "",
            form.reason.data or "",
            form.rule.data or "",
            form.ends_at(),
        )
    except Conflict as conflict:
        return _page(_found(report_id), 409, form, problem=conflict.message)
    except Refused as refusal:
        form.refuse_by("outcome", refusal)
        return _page(_found(report_id), 422, form)
    flash(gettext("%(done)s. Everybody concerned is told.", done=wording.DECIDED[made.verdict]))
    following = queries.next_report(current_user)
    return web.see_other(url_for(".show", report_id=following) if following else url_for(".index"))


def _found(report_id: int) -> MessageReport:
    report = queries.report_in_full(report_id)
    if report is None or not policy.sees_report(current_user, report):
        abort(404)
    return report


def _page(report: MessageReport, status: int = 200, form: ReportForm | None = None, problem: Any = None) -> Response:
    objection = policy.objection(current_user, report)
    able = report.is_open and objection is None
    return web.page(
        "moderation/message_report.html",
        status,
        report=report,
        form=(form or ReportForm(report, current_user, formdata=None)) if able else None,
        typed=form.reason.data if form and not able else None,
        objection=objection,
        problem=problem,
        words=wording,
        name_of_rule=rules.name_of,
        former=queries.upheld_before(report),
    )
