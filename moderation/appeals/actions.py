"""Appealing against a decision, and deciding the appeal: the only writer of appeals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person, User
from forum.core.database import db, must_lock, transaction
from forum.core.errors import Conflict, NotFound
from forum.notifications.actions import Notice, tell_all
from moderation import cases, decisions, targets, telling
from moderation import policy as policy_of_cases
from moderation import queries as moderation
from moderation.appeals import answering, policy, queries
from moderation.appeals.answering import OVERTURN, UPHOLD
from moderation.appeals.models import Appeal
from moderation.decisions import Cause, Stale
from moderation.effects.shape import Details
from moderation.models import Case, Decision, Outcome, Source
from moderation.profiles import pictures
from moderation.targets import Subject


def file(decision_id: int, by: User, words: str) -> Appeal:
    """Appeal against a decision and return the appeal; sending the same words again returns the one that is there.

    Raises NotFound for whom the decision does not concern; Refused once the time is over, without words, or for a
    decision that was taken back; Conflict when there is an appeal already.
    """
    with transaction() as session:
        decision = session.get(Decision, decision_id)
        if decision is None:
            raise NotFound
        case = cases.locked_case(decision.case_id)  # two at once take turns
        session.refresh(decision)
        has_flagged = moderation.flag_of(case.id, by.id) is not None
        if by.is_closed or not policy.is_concerned(by, decision, has_flagged=has_flagged):
            raise NotFound
        return answering.lodge(
            Appeal,
            by,
            words,
            former=queries.of_decision(decision.id),
            why_not=policy.why_not_appeal(decision),
            decision_id=decision.id,
            first_decider_id=decision.decider_id,
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
    parts: Collection[str] | None = None,
    details: Details | None = None,
    version: int | None = None,
    revision: int | None = None,
) -> Appeal:
    """Answer an open appeal: UPHOLD, or OVERTURN; return it. One transaction holds all that follows from it.

    Overturning a "keep" means deciding anew: then `outcome` is one of `instead_of_keep`, with `rule`, `reason` (the
    author reads it), `until`, `parts` and `details` as in `decisions.decide`. `reply` is what the appellant reads;
    `version` is the appeal's and `revision` the post's that were seen (None: not checked).

    Raises NotFound; Conflict when it is decided or something changed meanwhile; Forbidden for whoever took the
    decision, wrote or flagged the post, or appealed; Refused for words that are missing.
    """
    if outcome in set(Outcome) and (found := db.session.get(Appeal, appeal_id)):
        pictures.freeze_of(found.decision.case_id)
    with transaction():
        appeal, subject = _locked(appeal_id, by)
        _check(appeal, by, subject, version, revision)
        answering.check_answer(outcome, _against(by, appeal), reply)
        decision, made = appeal.decision, None
        if not decision.stands:
            raise Conflict(_l("This decision has been taken back meanwhile."))
        if details is not None and details.subtheme_id:  # now: whoever has written the log waits for nobody
            targets.lock_reach(decision.case, by, details.subtheme_id)
        if outcome == UPHOLD:
            decisions.log_reversal("appeal.upheld", decision, by)
        else:
            decisions.reverse(decision, by, Cause.APPEAL, told={appeal.appellant_id})
        if outcome in set(Outcome):
            case = _case_anew(decision.case, subject)
            made = decisions.decide(case.id, by, outcome, reason, rule, until=until, parts=parts, details=details)
        answering.settle(appeal, by, outcome, reply)
        answering.tell_both(appeal, "appeal", decision.case.post_id, decision=appeal.decision_id)
        if made is not None:
            _tell_flaggers(decision.case_id, made, but_not=appeal.appellant_id)
    return appeal


def _locked(appeal_id: int, by: User) -> tuple[Appeal, Subject]:
    """Lock what it is about, the case and then the appeal, in the order of all writers."""
    found = queries.appeal_in_full(appeal_id)
    if found is None:
        raise NotFound
    subject = targets.lock(found.decision.case_id, by)
    cases.locked_case(found.decision.case_id)
    return must_lock(Appeal, appeal_id), subject


def _check(appeal: Appeal, by: User, subject: Subject, version: int | None, revision: int | None) -> None:
    answering.check(appeal, objection_to(by, appeal), version)
    if revision is not None and revision != targets.revision_of(subject):
        raise Stale(targets.CHANGED[appeal.decision.case.kind])


def _against(by: User, appeal: Appeal) -> Collection[str]:
    return instead_of_keep(by, appeal) if appeal.decision.outcome == Outcome.KEEP else (OVERTURN,)


def _case_anew(first: Case, subject: Subject) -> Case:
    return targets.open_case_like(first) or targets.open_another(first, subject, Source.APPEAL)


def objection_to(by: Any, appeal: Appeal) -> Any | None:
    """Return why the person may not decide this appeal, or None; at most two statements and one more for each merge."""
    flagged = queries.flagged_by(by.id, [appeal.decision.case_id])
    return policy.objection(by, appeal, has_flagged=bool(flagged), was=queries.merged_into(by.id))


def instead_of_keep(by: Person, appeal: Appeal) -> tuple[Outcome, ...]:
    """Return what the person may decide instead of "keep": all that the desk would offer about the same but to keep."""
    return policy_of_cases.outcomes(by, appeal.decision.case, Source.APPEAL)


def _tell_flaggers(case_id: int, made: Decision, *, but_not: int) -> None:
    """Tell the others who flagged a post that was kept what was decided in the end."""
    facts = {"rule": made.rule, **telling.fact_of_kind(made.case)}
    tell_all(
        Notice(flagger_id, "flag_upheld_later", f"flag:{flag_id}:corrected", post_id=made.case.post_id, facts=facts)
        for flag_id, flagger_id in moderation.flaggers_of(case_id)
        if flagger_id != but_not
    )
