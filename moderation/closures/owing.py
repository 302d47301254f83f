"""Owing the removal of an account's posts, and their return: written with the decision, done by the worker."""

from __future__ import annotations

from sqlalchemy import select

from forum.core import signals
from forum.core.database import announce, now, transaction
from moderation.closures.models import Closure
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
