"""Taking one's own decision back within seconds: nobody has been told, and the case is open again."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, update

from forum.accounts.models import Person, User
from forum.config import UNDO_WINDOW
from forum.core.database import db, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.mail.actions import forget_owed
from forum.notifications import actions as notices
from forum.threads import states
from forum.threads.models import BY_FLAGS, State
from moderation import cases, decisions, keys, kinship, policy, queries, targets
from moderation.appeals import queries as appeals
from moderation.decisions import Cause
from moderation.models import Case, Decision, Flag, Outcome
from moderation.purging import queries as purging
from moderation.transparency import actions as figures


def may_undo(person: Person, decision: Decision) -> bool:
    """Whether the person can still take the decision back: their own, a moment old, and no text that was published."""
    is_fresh = now() - decision.decided_at <= UNDO_WINDOW
    return bool(decision.decider_id == person.id and decision.stands and is_fresh and not _has_published(decision))


def _has_published(decision: Decision) -> bool:
    return decision.outcome == Outcome.KEEP and bool(decision.undo.get("state"))


def undo(decision_id: int, by: User) -> Case:
    """Take a decision of `by` back within UNDO_WINDOW and return the case, open again and held by them.

    Where somebody's flag has opened a case meanwhile that another moderator works on, it stays that moderator's.

    Everything is as before: the post, a suspension, the record, and the notices, of which those that nobody has read
    are taken back with the letters that are not sent. Raises NotFound; Forbidden for the decision of another; Conflict
    when it is too late or was taken back already; Refused for what can't be (a held post that was published).
    """
    with transaction() as session:
        decision = session.get(Decision, decision_id)
        if decision is None:
            raise NotFound
        if decision.decider_id != by.id:
            raise Forbidden(_l("Only who took a decision can undo it."))
        targets.lock(decision.case_id, by)
        if now() - decision.decided_at > UNDO_WINDOW:
            raise Conflict(_l("It is too late to undo this decision: everybody has been told."))
        if _has_published(decision):
            raise Refused(_l("The post was published by this decision and has been read. Flag it instead."))
        case = take_back(decision, by)
        same = case.post is not None and case.post.revision == decision.case.decided_revision
        if case.hidden_at is not None and case.the_post.is_visible and (same or "redacted" in decision.undo):
            states.hide_post(case.the_post, by=None, rule=BY_FLAGS)  # as the program had, until the decision lifted it
        if case.holder_id in (None, by.id):
            case.claimed_by_id, case.claimed_at = by.id, now()
        return case


def take_back(decision: Decision, by: User) -> Case:
    """Reverse a decision that judged nothing, and return its case, open again; joins the caller's transaction.

    Notices that nobody has read go; whoever has read theirs is told. Raises Conflict and Refused as `reverse` does.
    """
    with transaction():
        targets.lock(decision.case_id, by)
        cases.locked_case(decision.case_id)  # whoever appeals holds it, too
        if appeals.of_decision(decision.id) is not None:
            raise Conflict(_l("Somebody has appealed against this decision meanwhile. The appeal is answered first."))
        if decision.case.post_id is not None and purging.is_purged(decision.case.post_id):
            raise Refused(_l("The words of this post were purged: there is nothing left to decide about."))
        _hold_again(decision)
        decisions.reverse(decision, by, Cause.UNDO, told=_untold(decision))
        figures.count_days_again(decision.case.opened_at, decision.decided_at)
        return reopen(decision)


def _hold_again(decision: Decision) -> None:
    """A held post that was refused waits again; an appeal would publish it, since then it has been judged twice."""
    undo = decision.undo
    if undo.get("state") == State.HELD:
        states.hold_again(decision.case.the_post, undo["state_reason"])


def _untold(decision: Decision) -> set[int]:
    """Take back the notices and the letter of a decision; return whose notices nobody has read yet."""
    told = {(decision.case.author_id, keys.of_decision(decision))}
    told |= {
        (flagger_id, keys.of_flag(flag_id, decision)) for flag_id, flagger_id in queries.flaggers_of(decision.case_id)
    }
    if (starter_id := policy.starter_of(decision)) is not None:
        told.add((starter_id, keys.of_decision(decision)))
    forget_owed(keys.of_letter(decision))
    return notices.take_back(told)


def reopen(decision: Decision) -> Case:
    """Open the case of a decision that was taken back anew, as a row of its own with the flags; joins the caller.

    The decision keeps its case and stays in the record. A case that somebody's flag has opened meanwhile gets the
    flags of those who have none there.
    """
    with transaction() as session:
        former = decision.case
        case = targets.open_case_like(former) or _copy_of(former)
        session.add(case)
        session.flush()
        there = {flagger_id for _flag_id, flagger_id in queries.flaggers_of(case.id)}
        moving = Flag.case_id == former.id, or_(Flag.flagger_id.is_(None), Flag.flagger_id.not_in(there))
        session.execute(update(Flag).where(*moving).values(case_id=case.id, upheld=None))
        kinship.count_anew(case.id)
        case.flag_count = sum(each.people for each in cases.score_anew(case))
        case.version += 1
        return case


_COPIED = (
    "kind", "post_id", "author_id", "subtheme_id", "source", "hidden_at", "before_hiding", "findings",
    "comes_first", "learned", "learned_by", "forget_at", "held_reason", "opened_at", "version", "lang",
    "frozen_revision", "frozen_title", "frozen_author", "frozen_body", "frozen_html", "frozen_facts",
)  # fmt: skip


def _copy_of(former: Case) -> Case:
    db.session.refresh(former, ["frozen_body", "frozen_html"])
    return Case(**{name: getattr(former, name) for name in _COPIED})
