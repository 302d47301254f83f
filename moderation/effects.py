"""What each outcome does to the post and to the account, and how exactly that is taken back.

`apply` changes them, writes the public log and returns the act's name; `revert` puts back what `apply` found. Both join
the transaction of whoever decides, which has locked thread, post and case. What `apply` found is kept in
`Decision.undo`; an outcome that changes something else adds it to `snapshot`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts import actions as accounts
from forum.accounts import approvals
from forum.accounts.models import Standing, User
from forum.core import audit
from forum.core.database import db, locked, now
from forum.core.errors import Conflict, Refused
from forum.threads import states
from forum.threads.models import Post, State
from forum.threads.states import Former
from moderation import queries, rules
from moderation.models import Case, Decision, Outcome, Source
from moderation.reports import queries as reports

_OUT_OF_SIGHT = (State.HIDDEN, State.REMOVED)


@dataclass(frozen=True)
class Effect:
    """What an outcome does, `(case, post, by, rule, until) -> act`, and how it is undone, `(decision, by) -> None`."""

    apply: Callable[[Case, Post, User, str, datetime | None], str]
    revert: Callable[[Decision, User], None]


def snapshot(case: Case, post: Post) -> dict[str, Any]:
    """Return, as plain JSON values, everything that an outcome may change: of the post (locked), and of the author."""
    return {
        "state": str(post.state),
        "state_reason": post.state_reason,
        "state_at": post.state_at.isoformat() if post.state_at else None,
        "state_by": post.state_by_id,
        "suspended_until": case.author.suspended_until.isoformat() if case.author.suspended_until else None,
    }


def undo_of(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Return what has to be remembered of `before`: the post's part if its state changed, the author's if that did."""
    kept: dict[str, Any] = {}
    if before["state"] != after["state"]:
        kept |= {name: before[name] for name in ("state", "state_reason", "state_at", "state_by")}
    if before["suspended_until"] != after["suspended_until"]:
        kept["suspended_until"] = before["suspended_until"]
    return kept


def log(act: str, case: Case, by: User, rule: str = "", *, target: str = "", **facts: Any) -> str:
    """Write an act about a case into the public log and return its name."""
    target = target or f"post:{case.post_id}"
    facts = {"case": case.id, "source": str(case.source), **({"rules": rules.version()} if rule else {}), **facts}
    audit.record(act, by=by, rule=rule, scope=case.subtheme.slug, target=target, facts=facts)
    return act


# -- applying --------------------------------------------------------------------------------------------------------
# The author may have deleted the post meanwhile: it stays deleted, and the log says only how it was judged.


def _keep(case: Case, post: Post, by: User, _rule: str, _until: datetime | None) -> str:
    if post.state == State.DELETED:
        return log("post.acquitted", case, by)
    if case.source == Source.SCREENING and post.state == State.HELD:
        _check_author(case.author_id)
    if case.source == Source.SCREENING and case.author.standing == Standing.WAITING:
        approvals.approve(case.author_id, by)  # whoever lets the text through lets its author in
    published = case.source == Source.SCREENING and states.publish_held(post, by=by)
    return log("post.approved" if published else "post.kept", case, by)


def _check_author(author_id: int) -> None:
    """Nothing is published for an account that was refused or has left: nobody answers for it."""
    author = locked(User, author_id)
    if author is None or author.is_closed:
        raise Conflict(_l("Somebody has decided about this account meanwhile."))


def _hide(case: Case, post: Post, by: User, rule: str, _until: datetime | None) -> str:
    changed = states.hide_post(post, by=by, rule=rule)
    return log("post.hidden" if changed else "post.condemned", case, by, rule)


def _remove(case: Case, post: Post, by: User, rule: str, _until: datetime | None) -> str:
    changed = states.remove_post(post, by=by, rule=rule)
    return log("post.removed" if changed else "post.condemned", case, by, rule)


def _warn(case: Case, _post: Post, by: User, rule: str, _until: datetime | None) -> str:
    return log("person.warned", case, by, rule, target=f"person:{case.author_id}")


def _suspend(case: Case, post: Post, by: User, rule: str, until: datetime | None) -> str:
    assert until is not None  # whoever decides has seen to it
    accounts.suspend(case.author, until, by=by)  # first: it locks both people in the order of their ids
    _remove(case, post, by, rule, None)
    days = max(1, round((until - now()) / timedelta(days=1)))
    return log("person.suspended", case, by, rule, target=f"person:{case.author_id}", days=days)


# -- reverting -------------------------------------------------------------------------------------------------------


def _nothing(_decision: Decision, _by: User) -> None:
    """A warning or a post that was left as it was changed no row but those of the record."""


def _unkeep(decision: Decision, _by: User) -> None:
    if decision.undo.get("state"):
        raise Refused(_l("The post was published by this decision and has been read. Decide about it anew instead."))


def _put_back(decision: Decision, by: User) -> None:
    """Let the post stand as it did, in its place. Words whose author has left and taken them back stay taken back.

    A held post is published, its author's account approved with it; for an account that is closed nothing is published.
    """
    post, author = decision.case.post, decision.case.author
    former = _state_before(decision)
    if former is None or (former.state == State.HELD and author.is_closed):
        return
    if former.state == State.HELD and author.standing == Standing.WAITING:
        approvals.approve(author.id, by)
    states.put_back(post, former, by)
    if not post.body or decision.case.forget_at is not None:
        states.delete(post, author)


def _state_before(decision: Decision) -> Former | None:
    """Return how the post stood before this decision, or None where the decision isn't what keeps it out of sight.

    Another decision that still stands keeps it where it is. What a decision found that has itself been overturned
    since is no state to go back to; then it is what that one found.
    """
    changes = queries.state_changes_of(decision.case.post_id)  # latest first
    latest = next((each for each in changes if each.stands), None)
    if latest is None or latest.id != decision.id or decision.case.post.state not in _OUT_OF_SIGHT:
        return None
    former = _former(decision)
    for earlier in changes[changes.index(latest) + 1 :]:
        if former.state not in _OUT_OF_SIGHT or earlier.stands:
            break
        former = _former(earlier)
    return former


def _former(decision: Decision) -> Former:
    undo = decision.undo
    return Former(undo["state"], undo["state_reason"], _moment(undo["state_at"]), undo["state_by"])


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _unsuspend(decision: Decision, by: User) -> None:
    """Give the post back, and end the suspension as far as this decision alone made it last."""
    author_id = decision.case.author_id
    first, second = (locked(User, row_id) for row_id in sorted((author_id, by.id)))  # as `accounts` locks them
    author = next(each for each in (first, second) if each is not None and each.id == author_id)
    _put_back(decision, by)
    ends_now = author.suspended_until
    if ends_now is None or decision.suspended_until is None or ends_now > decision.suspended_until:
        return  # it is over already, or something else makes it last longer
    accounts.shorten_suspension(author, _end_without(decision), by)


def _end_without(decision: Decision) -> datetime | None:
    """Return until when the author is suspended without this decision: the latest end that anything else still sets.

    Beside decisions that stand there may have been a suspension that no decision of ours ordered: what the first of
    them found.
    """
    author_id = decision.case.author_id
    all_of_them = queries.suspensions_of(author_id)
    by_messages = {report.suspended_until for report in reports.suspensions_of(author_id)}
    standing = {each.suspended_until for each in all_of_them if each.stands and each.id != decision.id}
    ordered = {each.suspended_until for each in all_of_them}
    found = {_moment(each.undo.get("suspended_until")) for each in all_of_them} - ordered
    ends = [end for end in standing | by_messages | found if end is not None and end > now()]
    return max(ends, default=None)


EFFECTS: dict[Outcome, Effect] = {
    Outcome.KEEP: Effect(_keep, _unkeep),
    Outcome.HIDE: Effect(_hide, _put_back),
    Outcome.REMOVE: Effect(_remove, _put_back),
    Outcome.WARN: Effect(_warn, _nothing),
    Outcome.SUSPEND: Effect(_suspend, _unsuspend),
}


def apply(outcome: Outcome, case: Case, post: Post, by: User, rule: str, until: datetime | None) -> tuple[str, Any]:
    """Carry the outcome out; return the act's name and what has to be remembered to take it back."""
    if outcome == Outcome.SUSPEND:  # in the order of their ids, as everywhere, so that what is remembered stays true
        for user_id in sorted({case.author_id, by.id}):
            locked(User, user_id)
    before = snapshot(case, post)
    act = EFFECTS[outcome].apply(case, post, by, rule, until)
    db.session.flush()
    return act, undo_of(before, snapshot(case, post))
