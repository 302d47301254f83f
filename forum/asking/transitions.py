"""From one state into the next: by the worker at the planned time, or early by a host; each once, logged and told.

While the thread is out of sight the clock stands still; once it is back, the worker catches up.
"""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from forum.accounts.models import User
from forum.asking import clock, policy, queries
from forum.asking.locking import locked_session, present
from forum.asking.models import AskSession, AskStep, Phase
from forum.core import audit, signals
from forum.core.database import announce, db, locked, now, transaction
from forum.core.errors import Conflict, allow
from forum.core.jobs import each_or_log, job, sweeper
from forum.notifications.actions import Notice, tell_all
from forum.threads.models import State, Thread

SWEEP_SIZE = 100


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
    """Do what is due of a session that everybody sees; of states that are over by then nobody is told any more."""
    steps = clock.due(session, now()) if session.thread.state == State.VISIBLE else []
    if steps:
        owed = update(AskStep).where(AskStep.session_id == session.id, AskStep.notified_at.is_(None))
        db.session.execute(owed.values(notified_at=now()))
    for phase in steps:
        step = enter(session, phase, clock.moment_of(session, phase), None)
        step.notified_at = None if phase == steps[-1] else now()
    return len(steps)


def enter(session: AskSession, phase: Phase, planned: datetime, by: User | None) -> AskStep:
    """Write that the session is in the state now: the row, the step that owes notices, the public log."""
    session.state = phase
    following = clock.following(phase)
    session.next_at = clock.moment_of(session, following) if following else None
    step = AskStep(session_id=session.id, state=phase, planned_at=planned, done_at=now(), by_id=by.id if by else None)
    db.session.add(step)
    db.session.flush()
    thread = db.session.get(Thread, session.thread_id)
    assert thread is not None
    if phase == Phase.ARCHIVED:
        thread.pinned_at = thread.pinned_by_id = None
    audit.record(
        f"asking.{phase}", by=by, scope=thread.subtheme.slug, target=f"thread:{thread.id}",
        facts={"early": True} if step.is_early else {},
    )  # fmt: skip
    announce(signals.thread_changed, thread_id=thread.id)
    if by is not None:  # what the worker does it tells in the same sweep
        announce(signals.session_stepped, step_id=step.id)
    return step


@job
def tell_of_step(step_id: int) -> None:
    """Tell the host and the named experts of a step, once; safe to run twice and from two workers at once.

    Of a session that nobody sees it stays owed.
    """
    with transaction():
        step = locked(AskStep, step_id)
        if step is None or step.notified_at is not None:
            return
        session = db.session.get(AskSession, step.session_id)
        assert session is not None
        if session.thread.state != State.VISIBLE:
            return
        people = {*queries.expert_ids(session.id), session.host_id} - {step.by_id}
        facts, shown = {"phase": step.state, "session": session.id}, queries.first_seen(session.thread_id)
        tell_all(
            Notice(user_id, "ask_session", f"session:{session.id}:{step.state}", post_id=shown, facts=facts)
            for user_id in sorted(people)
        )
        step.notified_at = now()


@sweeper
def carry_out_what_is_due() -> None:
    """Carry out the steps whose time has come, and tell of those that nobody was told of."""
    each_or_log(carry_out, queries.due(SWEEP_SIZE))
    each_or_log(tell_of_step, queries.steps_untold(SWEEP_SIZE))
