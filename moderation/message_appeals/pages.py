"""The page of a decision about messages: for author or flagger, with the appeal on it, and for moderators."""

from __future__ import annotations

from typing import Any

from flask import Response, url_for

from forum.accounts.models import Person
from forum.core import web
from moderation import rules
from moderation.appeals import pages
from moderation.appeals.forms import AppealForm
from moderation.message_appeals import policy, queries, statement
from moderation.policy import sees_everything
from moderation.reports import wording
from moderation.reports.models import MessageReport
from moderation.reports.policy import sees_report


def decision_page(
    report: MessageReport, viewer: Person, status: int = 200, form: AppealForm | None = None, *, action: str = ""
) -> Response:
    """Return the page of a decision for the author or a moderator; `action` is where the form of an appeal goes."""
    return web.page(
        "moderation/message_decision.html",
        status,
        report=report,
        words=wording,
        rule=rules.find(report.rule, report.rules_version),
        statement=statement.facts(report),
        is_author=report.author_id == viewer.id,
        sees_desk=sees_everything(viewer) and sees_report(viewer, report),
        **_standing(report, viewer, form, action),
    )


def dismissed_page(
    report: MessageReport, viewer: Person, status: int = 200, form: AppealForm | None = None
) -> Response:
    """Return the page of a dismissal for whoever flagged the messages: nothing of what a moderator wrote beside it."""
    return web.page("moderation/message_kept.html", status, report=report, **_standing(report, viewer, form))


def _standing(report: MessageReport, viewer: Person, form: AppealForm | None, action: str = "") -> dict[str, Any]:
    """Return how the viewer stands to an appeal; only one person may make one."""
    appeal, is_concerned = queries.of_report(report.id), policy.is_concerned(viewer, report)
    mine = appeal if appeal and is_concerned else None
    why_not = policy.why_not_appeal(report) if is_concerned and not appeal else None
    bench = queries.bench(mine) if mine and mine.is_open else None
    return {
        "others": False,
        "appeal_id": appeal.id if appeal and sees_everything(viewer) and sees_report(viewer, report) else None,
        "ends": report.appealable_until,
        "action": action or url_for("message_appeals.own", report_id=report.id),
        **pages.own(mine, form, bench=bench, why_not=why_not, able=is_concerned and not appeal and why_not is None),
    }
