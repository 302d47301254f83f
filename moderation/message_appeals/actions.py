"""Appealing against a decision about messages, and deciding the appeal: the only writer of these appeals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from forum.accounts.models import Person, User
from forum.core.database import locked, must_lock, transaction
from forum.core.errors import NotFound
from moderation.appeals import answering
from moderation.appeals.answering import OVERTURN, UPHOLD
from moderation.appeals.queries import merged_into
from moderation.message_appeals import policy, queries
from moderation.message_appeals.models import MessageAppeal
from moderation.reports import actions as reports
from moderation.reports import policy as reading
from moderation.reports import reversing
from moderation.reports.models import MessageReport, Verdict


def file(report_id: int, by: User, words: str) -> MessageAppeal:
    """Appeal against a decision and return the appeal; sending the same words again returns the one that is there.

    Raises NotFound for whom the decision does not concern; Refused once the time is over, without words, or for a
    decision that was taken back; Conflict when there is an appeal already.
    """
    with transaction():
        report = locked(MessageReport, report_id)  # two at once take turns
        if report is None or by.is_closed or not policy.is_concerned(by, report):
            raise NotFound
        return answering.lodge(
            MessageAppeal,
            by,
            words,
            former=queries.of_report(report.id),
            why_not=policy.why_not_appeal(report),
            report_id=report.id,
            first_decider_id=report.decided_by_id,
        )


def decide(
    appeal_id: int,
    by: User,
    outcome: str,
    reply: str,
    *,
    rule: str = "",
    reason: str = "",
    until: datetime | None = None,
    version: int | None = None,
) -> MessageAppeal:
    """Answer an open appeal: UPHOLD, or OVERTURN; return it. One transaction holds all that follows from it.

    Overturning a dismissal means deciding anew: then `outcome` is one of `instead_of_dismissal`, with `rule`, `reason`
    and `until` as in `reports.decide`. `version` is the appeal's that was seen (None: not checked).

    Raises NotFound; Conflict when it is decided; Forbidden for whoever took the decision, wrote or flagged the
    messages; Refused for words that are missing.
    """
    with transaction():
        appeal = _locked(appeal_id)
        answering.check(appeal, objection_to(by, appeal), version)
        answering.check_answer(outcome, instead_of_dismissal(by, appeal) or (OVERTURN,), reply)
        report = appeal.report
        if outcome == UPHOLD:
            reversing.log("appeal.upheld", report, by)
        else:
            reversing.reverse(report, by)
        if outcome in instead_of_dismissal(by, appeal):
            reports.decide_anew(report, by, outcome, reason, rule, until)
        answering.settle(appeal, by, outcome, reply)
        answering.tell_both(appeal, "message_appeal", report=appeal.report_id)
    return appeal


def _locked(appeal_id: int) -> MessageAppeal:
    """Lock the report and then the appeal, in the order of all writers."""
    found = queries.appeal_in_full(appeal_id)
    if found is None:
        raise NotFound
    locked(MessageReport, found.report_id)
    return must_lock(MessageAppeal, appeal_id)


def objection_to(by: Any, appeal: MessageAppeal) -> str | None:
    """Return why the person may not decide this appeal, or None; a statement and one more for each merge."""
    return policy.objection(by, appeal, was=merged_into(by.id))


def instead_of_dismissal(by: Person, appeal: MessageAppeal) -> tuple[Verdict, ...]:
    """Return what the person may decide instead of a dismissal; () for an appeal against anything else."""
    if not appeal.is_by_flagger:
        return ()
    return tuple(each for each in reading.verdicts(by, appeal.report) if each != Verdict.DISMISS)
