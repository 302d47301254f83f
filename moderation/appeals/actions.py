"""Appealing against a decision, and deciding the appeal: the only writer of appeals."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person, User
from forum.core.database import must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.mail.actions import owe
from forum.notifications.actions import Notice, tell, tell_all
from moderation import cases, decisions, targets, telling
from moderation import policy as policy_of_cases
from moderation import queries as moderation
from moderation.appeals import policy, queries
from moderation.appeals.models import Appeal, State
from moderation.decisions import Cause, Stale
from moderation.effects.shape import Details
from moderation.models import Decision, Outcome, Source
from moderation.targets import Subject

UPHOLD, OVERTURN = "uphold", "overturn"

DECIDED = _l("Somebody has decided this appeal meanwhile.")
APPEALED = _l("There is an appeal against this decision already, and there can be one.")


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
        if former := queries.of_decision(decision.id):
            if former.appellant_id == by.id and former.words == words:
                return former
            raise Conflict(APPEALED)
        if (why_not := policy.why_not_appeal(decision)) is not None:
            raise Refused(why_not)
        check_appeal(words)
        appeal = Appeal(
            decision_id=decision.id,
            first_decider_id=decision.decider_id,
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


def check_appeal(words: str) -> None:
    """Raise Refused for an appeal without words, or with too many."""
    if not words or len(words) > policy.WORDS_LIMIT:
        raise Refused(_l("Please say why the decision is wrong, in at most 2,000 characters."))


def check_reply(reply: str) -> None:
    """Raise Refused for an answer without words."""
    if not reply:
        raise Refused(_l("Please answer in words: whoever appealed will read them."))


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
    with transaction() as session:
        appeal, subject = _locked(appeal_id, by)
        _check(appeal, by, subject, version, revision)
        _check_words(appeal, by, outcome, reply)
        decision = appeal.decision
        if not decision.stands:
            raise Conflict(_l("This decision has been taken back meanwhile."))
        if details is not None and details.subtheme_id:  # now: whoever has written the log waits for nobody
            targets.lock_reach(decision.case, by, details.subtheme_id)
        first_decider_id, case_id = appeal.first_decider_id, decision.case_id
        if outcome == UPHOLD:
            decisions.log_reversal("appeal.upheld", decision, by)
        else:
            decisions.reverse(decision, by, Cause.APPEAL, told={appeal.appellant_id})
        made = None
        if outcome in set(Outcome):
            first = decision.case
            case = targets.open_case_like(first) or targets.open_another(first, subject, Source.APPEAL)
            made = decisions.decide(case.id, by, outcome, reason, rule, until=until, parts=parts, details=details)
        appeal.state = State.UPHELD if outcome == UPHOLD else State.OVERTURNED
        appeal.decided_at, appeal.decider_id, appeal.reply = now(), by.id, reply
        appeal.version += 1
        if appeal.appellant.is_closed:
            appeal.words = ""  # they have left, and their words have served their purpose
        session.flush()
        _tell(appeal, first_decider_id)
        if made is not None:
            _tell_flaggers(case_id, made, but_not=appeal.appellant_id)
    return appeal


def _locked(appeal_id: int, by: User) -> tuple[Appeal, Subject]:
    """Lock what it is about, the case and then the appeal, in the order of all writers."""
    found = queries.appeal_in_full(appeal_id)
    if found is None:
        raise NotFound
    subject = targets.lock(found.decision.case_id, by)
    cases.locked_case(found.decision.case_id)
    appeal = must_lock(Appeal, appeal_id)
    return appeal, subject


def _check(appeal: Appeal, by: User, subject: Subject, version: int | None, revision: int | None) -> None:
    if not appeal.is_open:
        raise Conflict(DECIDED)
    if (objection := objection_to(by, appeal)) is not None:
        raise Forbidden(objection)
    if version is not None and version != appeal.version:
        raise Stale(DECIDED)
    if revision is not None and revision != targets.revision_of(subject):
        raise Stale(targets.CHANGED[appeal.decision.case.kind])


def objection_to(by: Any, appeal: Appeal) -> Any | None:
    """Return why the person may not decide this appeal, or None; at most two statements and one more for each merge."""
    flagged = queries.flagged_by(by.id, [appeal.decision.case_id])
    return policy.objection(by, appeal, has_flagged=bool(flagged), was=queries.merged_into(by.id))


def instead_of_keep(by: Person, appeal: Appeal) -> tuple[Outcome, ...]:
    """Return what the person may decide instead of "keep": all that the desk would offer about the same but to keep."""
    return policy_of_cases.outcomes(by, appeal.decision.case, Source.APPEAL)


def _check_words(appeal: Appeal, by: User, outcome: str, reply: str) -> None:
    was_kept = appeal.decision.outcome == Outcome.KEEP
    against = instead_of_keep(by, appeal) if was_kept else (OVERTURN,)
    if outcome not in (UPHOLD, *against):
        raise Refused(_l("Choose what is to be done."))
    check_reply(reply)


# -- who is told -----------------------------------------------------------------------------------------------------


def _tell(appeal: Appeal, first_decider_id: int) -> None:
    """Tell the appellant by notice and by a letter with the reply, and whoever took the decision by a notice."""
    key, overturned = f"appeal:{appeal.id}", appeal.state == State.OVERTURNED
    facts = {"decision": appeal.decision_id, "overturned": overturned}
    tell(appeal.appellant_id, "appeal_decided", key, post_id=appeal.decision.case.post_id, facts=facts)
    tell(first_decider_id, "appeal_of_yours", f"{key}:first", facts={"appeal": appeal.id, **facts})
    person = appeal.appellant
    if person.email and person.email_key and not person.is_closed:
        letter = {"name": person.name, "appeal": appeal.id}
        owe("appeal_decided", person.email, key, language=person.language, user_id=person.id, facts=letter)


def _tell_flaggers(case_id: int, made: Decision, *, but_not: int) -> None:
    """Tell the others who flagged a post that was kept what was decided in the end."""
    facts = {"rule": made.rule, **telling.fact_of_kind(made.case)}
    tell_all(
        Notice(flagger_id, "flag_upheld_later", f"flag:{flag_id}:corrected", post_id=made.case.post_id, facts=facts)
        for flag_id, flagger_id in moderation.flaggers_of(case_id)
        if flagger_id != but_not
    )
