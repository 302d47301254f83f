"""Deciding a case: one transaction holds the decision, its effect, the record, the log and everybody's notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from forum.accounts import actions as accounts
from forum.accounts import approvals
from forum.accounts.models import Standing, User
from forum.core import audit
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.notifications.actions import Notice, tell, tell_all
from forum.threads import states
from forum.threads.models import Post, State, Thread
from moderation import cases, hiding, likeness, policy, queries, rules
from moderation.models import Case, Decision, Flag, Outcome, Source, Strike

SUSPENSION_LEAST = timedelta(hours=1)
SUSPENSION_MOST = timedelta(days=366)


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
) -> Decision:
    """Decide an open case and return the decision; a case that nobody holds is claimed by `by` in the same breath.

    `version` is the case's and `revision` the post's that the moderator saw (None: not checked). `rule` is a code
    of a rule in force, needed for all outcomes but keep; `reason` is what the author reads; `until` ends a suspension.

    Raises NotFound; Conflict when the case is decided or held by another; Stale when a flag or an edit came
    meanwhile; Forbidden for a post or flag of one's own or an author above; Refused for words that are missing.
    """
    with transaction() as session:
        post = _locked_post(case_id)
        case = cases.locked_case(case_id)
        cases.check(case, by)
        _check_fresh(case, post, version, revision)
        _check_words(case, by, outcome, reason, rule, until)
        case.claimed_by_id, case.claimed_at = by.id, now()
        hiding.lift(case, post, by)  # what the program did ends here; what follows is the moderator's
        done = _EFFECTS[Outcome(outcome)](case, post, by, rule, until)
        decision = Decision(
            case_id=case.id,
            decider_id=by.id,
            outcome=outcome,
            rule=rule if policy.needs_rule(outcome) else "",
            rules_version=rules.version(),
            reason=reason,
            suspended_until=until if outcome == Outcome.SUSPEND else None,
            decided_at=now(),
        )
        session.add(decision)
        case.decided_at, case.decided_revision = decision.decided_at, post.revision
        case.version += 1
        session.flush()
        _remember(case, decision)
        likeness.forget_of_case(case.id)
        _tell(case, decision, published=done == "post.approved", deleted=post.state == State.DELETED)
    return decision


def _locked_post(case_id: int) -> Post:
    """Lock thread and post before the case, in the order in which every writer of the forum takes them."""
    case = db.session.get(Case, case_id)
    post = db.session.get(Post, case.post_id) if case else None
    if post is None or locked(Thread, post.thread_id) is None:
        raise NotFound
    locked(Post, post.id)
    return post


def _check_fresh(case: Case, post: Post, version: int | None, revision: int | None) -> None:
    if version is not None and version != case.version:
        raise Stale(_l("Somebody flagged the post while you were looking at it. Please look again."))
    if revision is not None and revision != post.revision:
        raise Stale(_l("The author changed the post while you were looking at it. Please look again."))


def _check_words(case: Case, by: User, outcome: str, reason: str, rule: str, until: datetime | None) -> None:
    if outcome not in policy.OUTCOMES[case.source]:
        raise Refused(_l("Choose what is to be done."))
    if outcome == Outcome.SUSPEND and outcome not in policy.outcomes(by, case):
        raise Forbidden(_l("You may not suspend this person."))
    if policy.needs_rule(outcome) and rule not in rules.current():
        raise Refused(_l("Choose the rule that was broken."))
    if policy.needs_reason(outcome, case.source) and not reason:
        raise Refused(_l("Please say why: the author will read it."))
    if outcome == Outcome.SUSPEND:
        if until is None:
            raise Refused(_l("Choose until when."))
        if not now() + SUSPENSION_LEAST <= until <= now() + SUSPENSION_MOST:
            raise Refused(_l("A suspension lasts between an hour and a year."))


# -- effects: each changes the post or the account, writes the public log and returns the act's name ------------------
# The author may have deleted the post meanwhile: it stays deleted, and the log says only how it was judged.


def _keep(case: Case, post: Post, by: User, _rule: str, _until: datetime | None) -> str:
    if post.state == State.DELETED:
        return _log("post.acquitted", case, by)
    if case.source == Source.SCREENING and post.state == State.HELD:
        _check_author(case.author_id)
    if case.source == Source.SCREENING and case.author.standing == Standing.WAITING:
        approvals.approve(case.author_id, by)  # whoever lets the text through lets its author in
    published = case.source == Source.SCREENING and states.publish_held(post, by=by)
    return _log("post.approved" if published else "post.kept", case, by)


def _check_author(author_id: int) -> None:
    """Nothing is published for an account that was refused or has left: nobody answers for it."""
    author = locked(User, author_id)
    if author is None or author.is_closed:
        raise Conflict(_l("Somebody has decided about this account meanwhile."))


def _hide(case: Case, post: Post, by: User, rule: str, _until: datetime | None) -> str:
    changed = states.hide_post(post, by=by, rule=rule)
    return _log("post.hidden" if changed else "post.condemned", case, by, rule)


def _remove(case: Case, post: Post, by: User, rule: str, _until: datetime | None) -> str:
    changed = states.remove_post(post, by=by, rule=rule)
    return _log("post.removed" if changed else "post.condemned", case, by, rule)


def _warn(case: Case, _post: Post, by: User, rule: str, _until: datetime | None) -> str:
    return _log("person.warned", case, by, rule, target=f"person:{case.author_id}")


def _suspend(case: Case, post: Post, by: User, rule: str, until: datetime | None) -> str:
    assert until is not None  # _check_words has seen to it
    accounts.suspend(case.author, until, by=by)  # first: it locks both people in the order of their ids
    _remove(case, post, by, rule, None)
    days = max(1, round((until - now()) / timedelta(days=1)))
    return _log("person.suspended", case, by, rule, target=f"person:{case.author_id}", days=days)


_EFFECTS: dict[Outcome, Callable[[Case, Post, User, str, datetime | None], str]] = {
    Outcome.KEEP: _keep,
    Outcome.HIDE: _hide,
    Outcome.REMOVE: _remove,
    Outcome.WARN: _warn,
    Outcome.SUSPEND: _suspend,
}


def _log(act: str, case: Case, by: User, rule: str = "", *, target: str = "", **facts: Any) -> str:
    target = target or f"post:{case.post_id}"
    facts = {"case": case.id, "source": str(case.source), **({"rules": rules.version()} if rule else {}), **facts}
    audit.record(act, by=by, rule=rule, scope=case.subtheme.slug, target=target, facts=facts)
    return act


# -- what remains: flags closed, the strike, the notices -------------------------------------------------------------


def _remember(case: Case, decision: Decision) -> None:
    upheld = decision.outcome != Outcome.KEEP
    with transaction() as session:
        session.execute(update(Flag).where(Flag.case_id == case.id).values(upheld=upheld))
        if upheld:
            session.add(Strike(user_id=case.author_id, decision_id=decision.id, created_at=decision.decided_at))


# A flagger learns what became of the post, never what became of a person.
_OUTCOME_FOR_FLAGGERS = {
    Outcome.KEEP: "kept",
    Outcome.HIDE: "hidden",
    Outcome.REMOVE: "removed",
    Outcome.WARN: "upheld",
    Outcome.SUSPEND: "removed",
}


def _tell(case: Case, decision: Decision, *, published: bool, deleted: bool) -> None:
    common = {"rule": decision.rule, **({"deleted": True} if deleted else {})}
    hidden = {"hidden": True} if case.hidden_at else {}
    facts = {"outcome": str(decision.outcome), "decision": decision.id, **common, **hidden}
    kind = "published" if published else "decision"
    tell(case.author_id, kind, f"decision:{decision.id}", post_id=case.post_id, facts=facts)
    seen = {"outcome": _OUTCOME_FOR_FLAGGERS[Outcome(decision.outcome)], **common}
    tell_all(
        Notice(flagger_id, "flag_outcome", f"flag:{flag_id}", post_id=case.post_id, facts=seen)
        for flag_id, flagger_id in queries.flaggers_of(case.id)
    )
