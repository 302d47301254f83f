"""The words about flagged messages: verdicts, what their author reads, notices."""

from __future__ import annotations

from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from forum.notifications.models import Notification
from forum.notifications.wording import Kind
from forum.threads.models import Post
from moderation.reports.models import MessageReport, Verdict
from moderation.rules import name_of

CHOICES: dict[str, Any] = {
    Verdict.DISMISS: _l("Nothing against the rules"),
    Verdict.WARN: _l("Warn the author"),
    Verdict.SUSPEND: _l("Suspend the author"),
}
DECIDED: dict[str, Any] = {
    Verdict.DISMISS: _l("The messages were found within the rules"),
    Verdict.WARN: _l("The author was warned because of messages"),
    Verdict.SUSPEND: _l("The author was suspended because of messages"),
}
TO_AUTHOR: dict[str, Any] = {
    Verdict.WARN: _l("You were warned because of messages"),
    Verdict.SUSPEND: _l("You were suspended because of messages"),
}
ACTS = {"message.acquitted": _l("Flagged messages were found within the rules")}


def next_steps(report: MessageReport) -> list[Any]:
    """Return what the author can do after a decision against them that stands."""
    if not report.stands:
        return []
    steps = {
        Verdict.WARN: _l("Please keep to the rule from now on, in messages as in posts."),
        Verdict.SUSPEND: _l("You can read everything. When the suspension ends, sign in as before."),
    }
    return [steps[Verdict(report.verdict)]]


def _decision(notice: Notification, _post: Post | None) -> str:
    rule = name_of(str(notice.facts.get("rule", "")))
    if notice.facts.get("verdict") == Verdict.SUSPEND:
        return _("You were suspended because of messages. Rule: %(rule)s. Read why.", rule=rule)
    return _("You were warned because of messages. Rule: %(rule)s. Read why.", rule=rule)


def _outcome(notice: Notification, _post: Post | None) -> str:
    if notice.facts.get("upheld"):
        rule = name_of(str(notice.facts.get("rule", "")))
        return _(
            "The messages that you flagged were against the rules, and a moderator acted. Rule: %(rule)s.", rule=rule
        )
    return _("The messages that you flagged were read and found within the rules. You can block whoever wrote them.")


def _decision_href(notice: Notification, _post: Post | None) -> str:
    return url_for("message_flags.decision", report_id=notice.facts["report"])


def _receipt_href(notice: Notification, _post: Post | None) -> str:
    return url_for("receipts.of_messages", report_id=notice.facts["report"])


KINDS = {
    "message_decision": Kind("shield", _decision, _decision_href, mail="notices"),
    "messages_by_letter": Kind("shield", _decision, _decision_href),  # a letter of its own tells the suspended
    "message_flag_outcome": Kind("flag", _outcome, _receipt_href),
}
