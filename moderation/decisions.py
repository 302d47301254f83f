"""Deciding a case, and taking a decision back: effect, record, log and notices in one transaction."""

from __future__ import annotations

import enum
from collections.abc import Collection
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from forum.accounts.models import User
from forum.core import audit
from forum.core.database import must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.core.i18n import FOR_GOOD
from forum.threads.models import Post, State
from moderation import cases, hiding, kinship, policy, rules, strikes, targets, telling
from moderation.effects import table as effects
from moderation.effects import threads
from moderation.effects.shape import Details, Done, Order, log, target_of
from moderation.models import Case, Decision, Flag, Kind, Outcome
from moderation.profiles import pictures

SUSPENSION_LEAST = timedelta(hours=1)
SUSPENSION_MOST = timedelta(days=366)
CLEARING = (Outcome.CLEAR, Outcome.SILENCE, Outcome.SUSPEND, Outcome.CLOSE)  # what a profile says goes with them


class Stale(Conflict):
    """The case or the post has changed since the moderator looked; the case is still open."""


def decide(
    case_id: int,
    by: User,
    outcome: str,
    reason: str,
    rule: str = "",
    version: int | None = None,
    until: datetime | None = None,
    revision: int | None = None,
    parts: Collection[str] | None = None,
    details: Details | None = None,
) -> Decision:
    """Decide an open case and return the decision; a case that nobody holds is claimed by `by` in the same breath.

    `version` is the case's and `revision` the post's (or profile's) that the moderator saw (None: not checked).
    `rule` is a code of a rule in force, needed for all outcomes but keep; `reason` is what the author reads; `until`
    ends a suspension or a silence; `parts` of a profile are cleared, None: all but the user name; `details`
    is what cutting, slowing and moving need to be told.

    Raises NotFound; Conflict when the case is decided or held by another; Stale when a flag or an edit came
    meanwhile; Forbidden for a post or flag of one's own or an author above; Refused for words that are missing.
    """
    details = details or Details()
    order = Order(rule, until, None if parts is None else tuple(parts), details)
    if revision is None and details.cut:
        revision = details.cut.revision
    if outcome in CLEARING:
        pictures.freeze_of(case_id)
    with transaction() as session:
        subject = targets.lock(case_id, by)
        case = cases.locked_case(case_id)
        cases.check(case, by)
        _check_fresh(case, subject, version, revision)
        _check_words(case, by, outcome, reason, order)
        targets.lock_reach(case, by, *_goes_to(details.subtheme_id))
        _take(case, subject, by)
        seen = targets.revision_of(subject)
        done = effects.apply(Outcome(outcome), case, subject, by, order)
        decision = _row_of(case, by, outcome, reason, order, done)
        session.add(decision)
        _close(case, decision, subject.revision if isinstance(subject, Post) else seen)  # a cut made another
        session.flush()
        _follow_up(case, decision, done)
    return decision


def _take(case: Case, subject: targets.Subject, by: User) -> None:
    """Claim the case for whoever decides it; what the program did ends here, and what follows is the moderator's."""
    case.claimed_by_id, case.claimed_at = by.id, now()
    if isinstance(subject, Post):
        hiding.lift(case, subject, by)


def _row_of(case: Case, by: User, outcome: str, reason: str, order: Order, done: Done) -> Decision:
    """Return the decision with what it found, so that it can be taken back."""
    return Decision(
        case_id=case.id,
        decider_id=by.id,
        outcome=outcome,
        rule=order.rule if policy.needs_rule(outcome) else "",
        rules_version=rules.version(),
        reason=reason,
        suspended_until=_end_of_suspension(outcome, order.until),
        silenced_until=order.until if outcome == Outcome.SILENCE else None,
        decided_at=now(),
        undo=done.undo,
        facts=done.facts,
        log_seq=audit.head()[0],  # the last row that the effect wrote; nobody else writes before this commits
    )


def _close(case: Case, decision: Decision, revision: int) -> None:
    """Close the case; `revision` is the number of the text as the decision leaves it."""
    case.decided_at = decision.decided_at
    case.decided_revision = revision
    case.version += 1


def _follow_up(case: Case, decision: Decision, done: Done) -> None:
    """Do what follows from a decision that has its row: flags, strikes, and the notices to everybody concerned."""
    effects.then(decision)
    _remember(case, decision)
    strikes.give(case, decision)
    kinship.forget_of_case(case.id)
    telling.of_decision(case, decision, published=done.act == "post.approved", deleted=_is_deleted(case))


def _goes_to(subtheme_id: int | None) -> tuple[int, ...]:
    return (subtheme_id,) if subtheme_id else ()


def _end_of_suspension(outcome: str, until: datetime | None) -> datetime | None:
    return FOR_GOOD if outcome == Outcome.CLOSE else until if outcome == Outcome.SUSPEND else None


class Cause(enum.StrEnum):
    """Why a decision is taken back: an appeal judged anew, or its decider's own slip, which judges nothing."""

    APPEAL = "appeal"
    UNDO = "undo"


_REVERSED = {Cause.APPEAL: "appeal.overturned", Cause.UNDO: "decision.undone"}


def reverse(decision: Decision, by: User, cause: Cause, *, told: Collection[int] = ()) -> None:
    """Take a decision back as if it had not been taken: the effect, the strike, the flaggers' record; joins the caller.

    The record keeps it, overruled. `told` are people whom the caller tells in other words. A reversed KEEP tells
    nobody: what is decided instead does. Raises NotFound; Conflict when somebody has taken it back already; Refused
    for what can't be (a held post that was published).
    """
    with transaction() as session:
        targets.lock(decision.case_id, by)
        case = cases.locked_case(decision.case_id)
        present = must_lock(Decision, decision.id)
        if not present.stands:
            raise Conflict(_l("This decision has been taken back meanwhile."))
        outcome = Outcome(present.outcome)
        effect = effects.effect_of(outcome, case.kind)
        assert effect is not None
        targets.lock_reach(case, by, *_goes_to(threads.before(present).get("subtheme_id")))
        effect.revert(present, by)
        present.reversed_at = now()
        strikes.overrule(case, present)
        was_kept = outcome == Outcome.KEEP
        right = was_kept if cause == Cause.APPEAL else None  # who flagged was right after all, or not, or nobody knows
        session.execute(update(Flag).where(Flag.case_id == case.id).values(upheld=right))
        log_reversal(_REVERSED[cause], present, by)
        session.flush()
        if not was_kept:
            telling.of_reversal(case, present, told)


def log_reversal(act: str, decision: Decision, by: User) -> None:
    """Write what became of a decision into the public log, about what the decision's own row was about.

    Where the sanction named nobody, no post is named either.
    """
    if decision.case.is_about_person or decision.outcome in policy.ABOUT_PERSON:
        target = f"decision:{decision.id}"
    elif decision.outcome in policy.ABOUT_THREAD:
        target = f"thread:{decision.case.the_post.thread_id}"
    else:
        target = target_of(decision.case)
    facts = {"rules": decision.rules_version} if decision.rule else {}
    log(act, decision.case, by, decision.rule, target=target, outcome=str(decision.outcome), **facts)


def _is_deleted(case: Case) -> bool:
    return case.kind == Kind.POST and case.the_post.state == State.DELETED


def _check_fresh(case: Case, subject: targets.Subject, version: int | None, revision: int | None) -> None:
    if version is not None and version != case.version:
        flagged = _l("Somebody flagged the post while you were looking at it. Please look again.")
        other = _l("Somebody flagged it while you were looking at it. Please look again.")
        raise Stale(flagged if case.kind == Kind.POST else other)
    if revision is not None and revision != targets.revision_of(subject):
        raise Stale(targets.CHANGED[case.kind])


def _check_words(case: Case, by: User, outcome: str, reason: str, order: Order) -> None:
    rule, until = order.rule, order.until
    if outcome not in policy.possible(case):
        raise Refused(_l("Choose what is to be done."))
    if outcome in (*policy.LASTING, Outcome.CLOSE) and outcome not in policy.outcomes(by, case):
        raise Forbidden(_l("You may not suspend or silence this person."))
    if outcome not in policy.outcomes(by, case):
        raise Conflict(_l("This can’t be decided any more, as things are now. Please look again."))
    if policy.needs_rule(outcome) and rule not in rules.current():
        raise Refused(_l("Choose the rule that was broken."))
    if policy.needs_reason(outcome, case.source) and not reason:
        raise Refused(_l("Please say why: the author will read it."))
    if outcome == Outcome.CLEAR and order.parts is not None and not order.parts:
        raise Refused(_l("Tick what is to be cleared."))
    if outcome == Outcome.EDIT_OUT and order.details.cut is None:
        raise Refused(_l("Take away what breaks the rule."))
    if outcome in policy.LASTING:
        if until is None:
            raise Refused(_l("Choose until when."))
        if not now() + SUSPENSION_LEAST <= until <= now() + SUSPENSION_MOST:
            raise Refused(_l("A suspension or silence lasts between an hour and a year."))


def _remember(case: Case, decision: Decision) -> None:
    upheld = decision.outcome != Outcome.KEEP
    with transaction() as session:
        session.execute(update(Flag).where(Flag.case_id == case.id).values(upheld=upheld))
