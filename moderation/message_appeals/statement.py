"""The statement of reasons of a decision about messages, in the words of `moderation.statement`."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from forum.core.database import db
from forum.core.i18n import exact
from forum.mail.addresses import link_to
from forum.notifications.models import Notification
from forum.notifications.wording import Telling
from moderation import statement
from moderation.models import Outcome
from moderation.record.steps import counts_for
from moderation.reports import wording
from moderation.reports.models import MessageReport, Verdict
from moderation.statement import Facts


def facts(report: MessageReport, timezone: str = "") -> Facts:
    """Return the statement but for rule and reason, as pairs of label and words; [] for a dismissal.

    Moments are told in `timezone`, where there is none in that of whoever reads the page.
    """
    if report.is_open or report.is_dismissed:
        return []
    return [
        (_("About"), _about(report, timezone)),
        (_("Looked at because"), _("They were flagged on %(moment)s.", moment=exact(report.created_at, timezone))),
        (_("Reaches"), _scope(report)),
        (_("Lasts"), _duration(report, timezone)),
        (_("In the record"), _record(report, timezone)),
        (_("Programs"), _("None took part: a moderator decided.")),
        (_("Appeal"), statement.how_to_appeal(report.appealable_until, timezone, stands=report.stands)),
    ]


def _about(report: MessageReport, timezone: str) -> str:
    if not report.copies:
        return _("Messages in a conversation")
    first = datetime.fromisoformat(report.copies[0]["at"])
    return _("Messages in a conversation, the first written on %(moment)s", moment=exact(first, timezone))


def _scope(report: MessageReport) -> str:
    if report.verdict == Verdict.SUSPEND:
        return str(statement.REACHES[Outcome.SUSPEND])
    return _("The account’s record; the messages stay where they are.")


def _duration(report: MessageReport, timezone: str) -> str:
    if report.reversed_at:
        return statement.taken_back(report.reversed_at, timezone)
    if report.suspended_until:
        return _("The suspension ends on %(end)s.", end=exact(report.suspended_until, timezone))
    return str(statement.LASTS[Outcome.WARN])


def _record(report: MessageReport, timezone: str) -> str:
    if not report.stands or report.decided_at is None:
        return _("It counts no more.")
    return _("It counts until %(moment)s.", moment=exact(report.decided_at + counts_for(), timezone))


def in_mail(notice: Notification, timezone: str) -> Telling | None:
    """Return what the mail about a notice adds to its sentence: the statement, the reason, and the decision's page."""
    report = db.session.get(MessageReport, notice.facts.get("report", 0))
    if report is None or not facts(report):
        return None
    return Telling(with_reason(report, timezone), link_to("message_flags.decision", report_id=report.id))


def with_reason(report: MessageReport, timezone: str) -> Facts:
    """Return the statement for a mail, headed by what was decided, with the moderator's own words."""
    assert report.decided_at is not None
    decided: Any = f"{wording.TO_AUTHOR[report.verdict]}, {exact(report.decided_at, timezone)}"
    return [(_("Decided"), decided), (_("The reason"), report.reason), *with_rule(report, timezone)]


def with_rule(report: MessageReport, timezone: str) -> Facts:
    """Return the statement, headed by the rule in full."""
    return [(_("The rule"), statement.rule_of(report.rule, report.rules_version)), *facts(report, timezone)]
