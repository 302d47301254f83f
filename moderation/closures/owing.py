"""Owing the removal of an account's posts, and their return: written with the decision, done by the worker."""

from __future__ import annotations

from sqlalchemy import select

from forum.core import signals
from forum.core.database import announce, locked, now, transaction
from forum.threads.models import Post, State
from forum.threads.states import Former
from moderation.closures import queries
from moderation.closures.models import ClosedPost, Closure
from moderation.models import Decision


def begin(decision: Decision, asked: int) -> Closure:
    """Owe the removal of all posts of the account; joins the transaction of whoever decides."""
    with transaction() as session:
        closure = Closure(decision_id=decision.id, asked=asked, flags={})
        session.add(closure)
        session.flush()
        announce(signals.closure_due, closure_id=closure.id)
        return closure


def turn_back(decision: Decision) -> None:
    """Owe the return of what was removed; joins the transaction of whoever takes the decision back."""
    with transaction() as session:
        closure = session.scalar(select(Closure).where(Closure.decision_id == decision.id).with_for_update())
        if closure is not None:
            closure.reversed_at, closure.is_due = now(), True
            announce(signals.closure_due, closure_id=closure.id)


def stand_later(post: Post, former: Former, decision: Decision) -> bool:
    """Let a removed post of a closed account stand as `former` once the account is opened again.

    Joins the transaction of whoever takes `decision` about the post back. Return whether another one has closed the
    account; what the closure is still to come to stands again until it does.
    """
    with transaction() as session:
        found = queries.standing_of(post.author_id)
        closure = locked(Closure, found.id) if found is not None and found.decision_id != decision.id else None
        if closure is None or closure.reversed_at is not None or post.state != State.REMOVED:
            return False
        removed_at = post.state_at.isoformat() if post.state_at else None
        closed = queries.closed_post(closure.id, post.id)
        if closed is None:  # it was out of sight already
            closure.done += 1
            closed = ClosedPost(closure_id=closure.id, post_id=post.id, former={})
            session.add(closed)
        state = State.VISIBLE if former.state == State.HELD else former.state  # it has been judged twice
        at = former.at.isoformat() if former.at else None
        closed.former = {
            "state": str(state), "reason": former.reason, "by": former.by_id, "at": at, "removed_at": removed_at,
        }  # fmt: skip
        return True
