"""Taking a decision about messages back: the suspension, the record, the log, and the notice to whoever flagged."""

from __future__ import annotations

from forum.accounts.models import User
from forum.core import audit
from forum.core.database import now, transaction
from forum.notifications.actions import tell
from moderation.effects import people
from moderation.reports.models import MessageReport, Verdict


def reverse(report: MessageReport, by: User) -> None:
    """Take the decision about a locked report back as if it had not been taken; joins the caller's transaction.

    A warning or suspension counts no more (`stands`), and a suspension ends as far as it alone made it last. Whoever
    flagged the messages is told; of a dismissal nobody is, what is decided instead tells. Raises Forbidden for an
    author above.
    """
    with transaction():
        if report.verdict == Verdict.SUSPEND:
            people.end_suspension(report, people.locked_person(report.author_id, by), by)
        report.reversed_at = now()
        log("appeal.overturned", report, by)
        if not report.is_dismissed:
            key = f"message_report:{report.id}:corrected"
            tell(report.reporter_id, "message_flag_corrected", key, facts={"report": report.id})


def log(act: str, report: MessageReport, by: User) -> None:
    """Write what became of a decision into the public log, which names nobody here."""
    facts = {"source": "message", "report": report.id, "outcome": str(report.verdict)}
    audit.record(act, by=by, rule=report.rule, facts=facts)
