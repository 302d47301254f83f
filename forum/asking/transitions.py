"""From one state into the next: by the worker at the planned time, or early by a host; each once, logged and told."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.asking import clock, policy, queries
from forum.asking.locking import allow, locked_session, present
from forum.asking.models import AskSession, AskStep, Phase
from forum.core import audit, signals
from forum.core.database import announce, db, locked, now, transaction
from forum.core.errors import Conflict
from forum.core.jobs import sweeper
from forum.notifications.actions import Notice, tell_all
from forum.threads.models import Thread

SWEEP_SIZE = 100

log = logging.getLogger(__name__)


def advance(session_id: int, seen: str, by: User) -> Phase:
    """Bring the session into the next state before its time and return that; `seen` is the state that the host saw.

    Raises Forbidden (no host), NotFound, Conflict when the session is in another state by now or in its last.
    """
    with transaction():
        session = locked_session(session_id)
        by = present(by)
        allow(policy.why_not_host(by, session))
        _catch_up(session)
        phase = clock.following(Phase(session.state))
        if session.state != seen or phase is None:
            raise Conflict(_l("The session is in another state by now. Look at it first."))
        planned = clock.moment_of(session, phase)
        setattr(session, clock.TIMES[phase], now())
        enter(session, phase, planned, by)
        session.version += 1
        return phase


def carry_out(session_id: int) -> int:
    """Do every step of the session whose time has come, in order, and return how many; a second worker finds none."""
    with transaction():
        return _catch_up(locked_session(session_id))


def _catch_up(session: AskSession) -> int:
    steps = clock.due(session, now())
    for phase in steps:
        enter(session, phase, clock.moment_of(session, phase), None)
    return len(steps)


def enter(session: AskSession, phase: Phase, planned: datetime, by: User | None) -> None:
    """Write that the session is in the state now: the row, the step that owes notices, the public log."""
    session.state = phase
    following = clock.following(phase)
    session.next_at = clock.moment_of(session, following) if following else None
    step = AskStep(session_id=session.id, state=phase, planned_at=planned, done_at=now(), by_id=by.id if by else None)
    db.session.add(step)
    thread = db.session.get(Thread, session.thread_id)
    assert thread is not None
    if phase == Phase.ARCHIVED:
        thread.pinned_at = thread.pinned_by_id = None
    audit.record(
        f"asking.{phase}", by=by, scope=thread.subtheme.slug, target=f"thread:{thread.id}",
        facts={"early": True} if step.is_early else {},
    )  # fmt: skip
    announce(signals.thread_changed, thread_id=thread.id)


def tell_of_step(step_id: int) -> None:
    """Tell the host and the named experts of a step, once; safe to run twice and from two workers at once."""
    with transaction():
        step = locked(AskStep, step_id)
        if step is None or step.notified_at is not None:
            return
        session = db.session.get(AskSession, step.session_id)
        assert session is not None
        people = {*queries.expert_ids(session.id), session.host_id}
        people.discard(step.by_id or 0)
        facts = {"phase": step.state, "session": session.id}
        opening = queries.opening_id(session.thread_id)
        tell_all(
            Notice(user_id, "ask_session", f"session:{session.id}:{step.state}", post_id=opening, facts=facts)
            for user_id in sorted(people)
        )
        step.notified_at = now()


@sweeper
def carry_out_what_is_due() -> None:
    """Carry out the steps whose time has come, and tell of those that nobody was told of."""
    for session_id in queries.due(SWEEP_SIZE):
        _or_log(carry_out, session_id)
    for step_id in queries.steps_untold(SWEEP_SIZE):
        _or_log(tell_of_step, step_id)


def _or_log(function: Callable[[int], object], row_id: int) -> None:
    try:
        function(row_id)
    except Exception:  # one session must not keep the others waiting
        db.session.rollback()
        log.exception("%s failed for %s", function.__name__, row_id)
