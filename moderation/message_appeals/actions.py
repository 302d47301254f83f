"""Appealing against a decision about messages, and deciding the appeal: the only writer of these appeals."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person, User
from forum.core.database import locked, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.mail.actions import owe
from forum.notifications.actions import tell
from moderation.appeals import actions as appeals
from moderation.appeals.actions import OVERTURN, UPHOLD
from moderation.appeals.models import State
from moderation.appeals.queries import merged_into
from moderation.decisions import Stale
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
    with transaction() as session:
        report = locked(MessageReport, report_id)  # two at once take turns
        if report is None or by.is_closed or not policy.is_concerned(by, report):
            raise NotFound
        if former := queries.of_report(report.id):
            if former.appellant_id == by.id and former.words == words:
                return former
            raise Conflict(appeals.APPEALED)
        if (why_not := policy.why_not_appeal(report)) is not None:
            raise Refused(why_not)
        appeals.check_appeal(words)
        appeal = MessageAppeal(
            report_id=report.id,
            first_decider_id=report.decided_by_id,
            appellant_id=by.id,
            words=words,
            created_at=now(),
            state=State.OPEN,
            version=1,
            reply="",
        )
        session.add(appeal)
        session.flush()
        return appeal


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
    with transaction() as session:
        appeal = _locked(appeal_id)
        _check(appeal, by, version)
        _check_words(appeal, by, outcome, reply)
        report = appeal.report
        if outcome == UPHOLD:
            reversing.log("appeal.upheld", report, by)
        else:
            reversing.reverse(report, by)
        if outcome in instead_of_dismissal(by, appeal):
            reports.decide_anew(report, by, outcome, reason, rule, until)
        appeal.state = State.UPHELD if outcome == UPHOLD else State.OVERTURNED
        appeal.decided_at, appeal.decider_id, appeal.reply = now(), by.id, reply
        appeal.version += 1
        if appeal.appellant.is_closed:
            appeal.words = ""  # they have left, and their words have served their purpose
        session.flush()
        _tell(appeal)
    return appeal


def _locked(appeal_id: int) -> MessageAppeal:
    """Lock the report and then the appeal, in the order of all writers."""
    found = queries.appeal_in_full(appeal_id)
    if found is None:
        raise NotFound
    locked(MessageReport, found.report_id)
    return must_lock(MessageAppeal, appeal_id)


def _check(appeal: MessageAppeal, by: User, version: int | None) -> None:
    if not appeal.is_open:
        raise Conflict(appeals.DECIDED)
    if (objection := objection_to(by, appeal)) is not None:
        raise Forbidden(objection)
    if version is not None and version != appeal.version:
        raise Stale(appeals.DECIDED)


def objection_to(by: Any, appeal: MessageAppeal) -> str | None:
    """Return why the person may not decide this appeal, or None; a statement and one more for each merge."""
    return policy.objection(by, appeal, was=merged_into(by.id))


def instead_of_dismissal(by: Person, appeal: MessageAppeal) -> tuple[Verdict, ...]:
    """Return what the person may decide instead of a dismissal; () for an appeal against anything else."""
    if not appeal.is_by_flagger:
        return ()
    return tuple(each for each in reading.verdicts(by, appeal.report) if each != Verdict.DISMISS)


def _check_words(appeal: MessageAppeal, by: User, outcome: str, reply: str) -> None:
    against = instead_of_dismissal(by, appeal) or (OVERTURN,)
    if outcome not in (UPHOLD, *against):
        raise Refused(_l("Choose what is to be done."))
    appeals.check_reply(reply)


def _tell(appeal: MessageAppeal) -> None:
    """Tell the appellant by notice and by a letter with the reply, and whoever took the decision by a notice."""
    key, facts = f"message_appeal:{appeal.id}", {"report": appeal.report_id, "overturned": not appeal.report.stands}
    tell(appeal.appellant_id, "message_appeal_decided", key, facts=facts)
    tell(appeal.first_decider_id, "message_appeal_of_yours", f"{key}:first", facts={"appeal": appeal.id, **facts})
    person = appeal.appellant
    if person.email and person.email_key and not person.is_closed:
        letter = {"name": person.name, "message_appeal": appeal.id}
        owe("appeal_decided", person.email, key, language=person.language, user_id=person.id, facts=letter)
