"""Flagging messages of a conversation, and deciding about them: the only writer of message reports."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts import suspensions, youth
from forum.accounts.models import User
from forum.config import APPEAL_WINDOW
from forum.core import audit
from forum.core.database import locked, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.mail.actions import owe
from forum.messages import queries as messages
from forum.messages.models import Conversation, Message
from forum.notifications.actions import tell
from moderation import rules
from moderation.decisions import SUSPENSION_LEAST, SUSPENSION_MOST
from moderation.effects import people
from moderation.reports import policy, queries
from moderation.reports.models import MessageReport, Verdict

MESSAGES_MOST = 10  # in one report, as it is made
NOTE_LIMIT = 1_000  # characters, as the column holds

_OPEN_ONLY = _l("Choose messages of others that still have their text.")


def report_messages(
    conversation_id: int, message_ids: Collection[int], by: User, rule: str, note: str = ""
) -> MessageReport:
    """Say that messages of one other person break the rule `rule`; return the report, which holds copies of them.

    When one of the messages waits for a decision after an earlier report of `by`, that report is returned. Raises
    NotFound for whoever is not in the conversation; Refused for a wrong choice; Forbidden for the suspended.
    """
    if rule not in rules.current():
        raise Refused(_l("Choose the rule that you think is broken."))
    if not message_ids:
        raise Refused(_l("Choose at least one message."))
    if len(set(message_ids)) > MESSAGES_MOST:
        raise Refused(_l("Choose at most %(most)s messages.", most=MESSAGES_MOST))
    with transaction() as session:
        if locked(Conversation, conversation_id) is None or messages.membership(conversation_id, by.id) is None:
            raise NotFound
        chosen = queries.chosen(conversation_id, message_ids)
        _check_choice(chosen, set(message_ids), by)
        for former in queries.open_reports_by(by.id, conversation_id):
            if {copy["id"] for copy in former.copies} & set(message_ids):
                return former
        report = MessageReport(
            conversation_id=conversation_id,
            reporter_id=by.id,
            author_id=chosen[0].author_id,
            author_name=chosen[0].author.name,
            broken_rule=rule,
            note=note,
            copies=[_copy(message) for message in chosen],
            in_turn=not any(youth.care_of(one).comes_first for one in (by, chosen[0].author)),
            created_at=now(),
        )
        session.add(report)
        session.flush()
        return report


def end_doubles(reporter_id: int) -> None:
    """Join open reports by this person that have a message in common: in a merge two people became one.

    The oldest one holds all their messages and notes then, and is decided once.
    """
    with transaction() as session:
        kept: list[MessageReport] = []
        for report in queries.open_reports_of(reporter_id, lock=True):
            doubles = [former for former in kept if _have_in_common(former, report)]
            for other in [*doubles[1:], report] if doubles else ():
                _take_in(doubles[0], other)
                session.delete(other)
            kept = [former for former in kept if former not in doubles[1:]]
            if not doubles:
                kept.append(report)


def _have_in_common(one: MessageReport, other: MessageReport) -> bool:
    ids = {copy["id"] for copy in one.copies}
    return one.conversation_id == other.conversation_id and any(copy["id"] in ids for copy in other.copies)


def _take_in(report: MessageReport, other: MessageReport) -> None:
    copies = {copy["id"]: copy for copy in (*other.copies, *report.copies)}
    report.copies = [copies[message_id] for message_id in sorted(copies)]
    report.in_turn = report.in_turn and other.in_turn
    if other.note not in report.note:
        report.note = f"{report.note}\n\n{other.note}".strip()[:NOTE_LIMIT]


def _check_choice(chosen: Sequence[Message], wanted: set[int], by: User) -> None:
    if {message.id for message in chosen} != wanted:
        raise Refused(_OPEN_ONLY)
    if not all(policy.may_flag_message(by, message) for message in chosen):
        raise Refused(_OPEN_ONLY)
    if len({message.author_id for message in chosen}) > 1:
        raise Refused(_l("Choose messages of one person. You can flag those of another afterwards."))


def _copy(message: Message) -> dict[str, Any]:
    return {"id": message.id, "at": message.created_at.isoformat(), "body": message.body, "html": message.html}


def decide(
    report_id: int, by: User, verdict: str, reason: str, rule: str = "", until: datetime | None = None
) -> MessageReport:
    """Decide an open report: the author's warning or suspension, the public log and both notices in one transaction.

    `reason` is what the author reads, needed but for DISMISS, as is `rule`, the code of a rule in force; `until` ends a
    suspension. Raises NotFound; Conflict when it is decided; Forbidden for one's own; Refused for missing words.
    """
    with transaction():
        report = locked(MessageReport, report_id)
        if report is None or not policy.sees_report(by, report):
            raise NotFound
        if not report.is_open:
            raise Conflict(_l("These messages have been decided about meanwhile."))
        if (objection := policy.objection(by, report)) is not None:
            raise Forbidden(objection)
        _check_words(report, by, verdict, reason, rule, until)
        rule = rule if verdict != Verdict.DISMISS else ""
        if verdict == Verdict.SUSPEND:
            assert until is not None  # _check_words has seen to it
            author = people.locked_person(report.author_id, by)
            report.found_until = author.suspended_until
            suspensions.suspend(author, until, by=by)
        report.decided_at, report.decided_by_id, report.verdict = now(), by.id, verdict
        report.rule, report.rules_version, report.reason = rule, rules.version(), reason
        report.suspended_until = until if verdict == Verdict.SUSPEND else None
        _log(report, by)
        _tell(report)
    return report


def decide_anew(
    report: MessageReport, by: User, verdict: str, reason: str, rule: str, until: datetime | None
) -> MessageReport:
    """Decide about the same copies once more, after a dismissal that was taken back; joins the caller's transaction.

    The new report tells its reporter nothing: whoever took the dismissal back does. Raises as `decide` does.
    """
    with transaction() as session:
        again = MessageReport(
            conversation_id=report.conversation_id,
            reporter_id=report.reporter_id,
            author_id=report.author_id,
            author_name=report.author_name,
            broken_rule=report.broken_rule,
            copies=report.copies,
            in_turn=report.in_turn,
            created_at=report.created_at,
            former_id=report.id,
            forget_at=now() + APPEAL_WINDOW if report.forget_at else None,
        )
        session.add(again)
        session.flush()
        return decide(again.id, by, verdict, reason, rule, until)


def _check_words(report: MessageReport, by: User, verdict: str, reason: str, rule: str, until: datetime | None) -> None:
    if verdict not in set(Verdict):
        raise Refused(_l("Choose what is to be done."))
    if verdict not in policy.verdicts(by, report):
        raise Forbidden(_l("You may not suspend this person."))
    if verdict == Verdict.DISMISS:
        return
    if rule not in rules.current():
        raise Refused(_l("Choose the rule that was broken."))
    if not reason:
        raise Refused(_l("Please say why: the author will read it."))
    if verdict == Verdict.SUSPEND and until is None:
        raise Refused(_l("Choose until when."))
    if verdict == Verdict.SUSPEND and not now() + SUSPENSION_LEAST <= (until or now()) <= now() + SUSPENSION_MOST:
        raise Refused(_l("A suspension lasts between an hour and a year."))


_ACTS = {
    Verdict.DISMISS: "message.acquitted",
    Verdict.WARN: "person.warned",
    Verdict.SUSPEND: "person.suspended",
}


def _log(report: MessageReport, by: User) -> None:
    facts: dict[str, Any] = {"source": "message", "report": report.id}
    if report.suspended_until:
        facts["days"] = max(1, round((report.suspended_until - now()) / timedelta(days=1)))
    target = "" if report.verdict == Verdict.DISMISS else f"person:{report.author_id}"
    audit.record(_ACTS[Verdict(report.verdict)], by=by, rule=report.rule, target=target, facts=facts)


def _tell(report: MessageReport) -> None:
    """Tell the reporter what came of it, and the author when it went against them: else they learn of no flag."""
    key, facts = f"message_report:{report.id}", {"rule": report.rule, "report": report.id}
    upheld = report.verdict != Verdict.DISMISS
    if report.former_id is None:
        tell(report.reporter_id, "message_flag_outcome", key, facts={"upheld": upheld, **facts})
    if upheld:
        kind = "messages_by_letter" if report.suspended_until else "message_decision"
        tell(report.author_id, kind, key, facts={"verdict": str(report.verdict), **facts})
    author = report.author
    if report.suspended_until and author.email and author.email_key and not author.is_closed:
        letter = {"name": author.name, "report": report.id}  # they can't sign in to read the notice
        owe("suspended", author.email, key, language=author.language, user_id=author.id, facts=letter)
