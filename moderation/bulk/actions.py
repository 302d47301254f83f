"""Deciding several cases in one go, each in a transaction of its own, and taking all of it back."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.config import BULK_AN_HOUR, BULK_MOST
from forum.core import audit
from forum.core.database import db, locked, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.notifications.actions import Notice, tell_all
from moderation import decisions, policy, rules, undoing
from moderation import queries as case_queries
from moderation.bulk import queries
from moderation.bulk.models import BulkAct, Result
from moderation.bulk.policy import may_reverse, outcomes
from moderation.models import Case, Decision
from moderation.notes.queries import staff


class TooMany(Refused):
    """More cases than may be decided at once, or within an hour."""

    status = 429


def decide_many(seen: Sequence[tuple[int, int]], by: User, outcome: str, reason: str, rule: str = "") -> BulkAct:
    """Decide the cases alike, `seen` as (id, version) pairs, and return the act with a line for each.

    A case that was changed meanwhile, whose text was edited since the flag, or that `by` may not decide keeps its
    place in the queue; the others are decided all the same. Raises Refused for words that are missing; TooMany beyond
    BULK_MOST at once or BULK_AN_HOUR, of which the admins are told.
    """
    _check(seen, by, outcome, reason, rule)
    act_id = _begun(len(seen), by, outcome, reason, rule)
    lines = [_line(act_id, case_id, version, by, outcome, reason, rule) for case_id, version in seen]
    with transaction():
        act = must_lock(BulkAct, act_id)
        act.lines = [list(line) for line in lines]
        _log("bulk.decided", act, by, cases=act.asked, decided=act.decided)
    return act


def _check(seen: Sequence[tuple[int, int]], by: User, outcome: str, reason: str, rule: str) -> None:
    if not policy.sees_desk(by):
        raise Forbidden(_l("Only moderators decide cases."))
    if not seen:
        raise Refused(_l("Choose at least one case."))
    if outcome not in outcomes(by):
        raise Refused(_l("Choose what is to be done."))
    if policy.needs_rule(outcome) and rule not in rules.current():
        raise Refused(_l("Choose the rule that was broken."))
    if not reason:
        raise Refused(_l("Please say why: the authors will read it."))
    if len(seen) > BULK_MOST:
        raise TooMany(_l("At most %(most)s cases can be decided at once.", most=BULK_MOST))


def _begun(asked: int, by: User, outcome: str, reason: str, rule: str) -> int:
    """Write the act down before its first decision and return its id, unless it is one too many."""
    with transaction() as session:
        if locked(User, by.id) is None:  # two browsers of one person take turns in being counted
            raise NotFound
        is_too_many = queries.asked_lately(by.id) + asked > BULK_AN_HOUR
        if not is_too_many:
            act = BulkAct(maker_id=by.id, outcome=outcome, reason=reason, asked=asked, lines=[], made_at=now())
            act.rule = rule if policy.needs_rule(outcome) else ""
            session.add(act)
            session.flush()
            return act.id
        key = f"bulk:{by.id}:{now():%Y-%m-%dT%H}"  # one notice an hour
        tell_all(Notice(each.id, "bulk_refused", key, actor_id=by.id) for each in staff() if each.is_admin)
    raise TooMany(_l("You have decided very many cases at once within an hour. The administrators know of it."))


def _line(
    act_id: int, case_id: int, version: int, by: User, outcome: str, reason: str, rule: str
) -> tuple[int, str, int | None]:
    try:
        with transaction():
            case = db.session.get(Case, case_id)
            if case is None or not policy.sees_case(by, case):
                raise NotFound
            decision = decisions.decide(
                case_id, by, outcome, reason, rule, version=version, revision=case.frozen_revision
            )
            decision.bulk_id = act_id
            return case_id, Result.DECIDED, decision.id
    except NotFound:
        return case_id, Result.MISSING, None
    except Conflict:
        return case_id, Result.CHANGED, None
    except Refused:
        return case_id, Result.REFUSED, None


def reverse(act_id: int, by: User) -> int:
    """Take back every decision of a bulk act that still stands, open its cases anew, and return how many.

    What is under appeal is left to whoever decides the appeal, and what was published by it stays. Raises NotFound;
    Forbidden for others than its maker within a day and the admins.
    """
    with transaction():
        if not may_reverse(by, must_lock(BulkAct, act_id)):
            raise Forbidden(_l("You can’t reverse this any more; an administrator can."))
    count = sum(_taken_back(decision_id, by) for decision_id in queries.standing_decisions(act_id))
    with transaction():  # last: what a crash leaves standing can be taken back by pressing the button again
        act = must_lock(BulkAct, act_id)
        act.reversed_at, act.reversed_by_id = now(), by.id
        _log("bulk.reversed", act, by, decisions=count)
    return count


def _taken_back(decision_id: int, by: User) -> bool:
    try:
        with transaction():
            decision = db.session.get(Decision, decision_id)
            if decision is None or _why_not(decision, by) is not None:
                return False
            undoing.take_back(decision, by)
            return True
    except Refused:
        return False


def _why_not(decision: Decision, by: User) -> object | None:
    """Return why `by` may not touch this case: it has to be one that they might decide today."""
    flagged = case_queries.flag_of(decision.case_id, by.id) is not None
    return policy.objection(by, decision.case, has_flagged=flagged)


def _log(name: str, act: BulkAct, by: User, **facts: int) -> None:
    said = {"outcome": act.outcome, **({"rules": rules.version()} if act.rule else {}), **facts}
    audit.record(name, by=by, rule=act.rule, target=f"bulk:{act.id}", facts=said)
