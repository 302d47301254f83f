"""The worker dies by `kill -9` at the moment of a transition and is started again, or two work at once: one step each,
one row of the public log, one notice for each person."""

from __future__ import annotations

import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.asking import clock, queries, transitions
from forum.asking.models import AskSession, AskStep, Phase
from forum.core import audit
from forum.core.database import Clock, db
from forum.guard import Guard, signal_group
from forum.notifications.models import Notification
from tests.asking.conftest import present
from tests.servers import mortal
from tests.servers.commands import COMMANDS, Started
from tests.servers.waiting import PATIENCE, wait_until
from tests.servers.website import inherited

# at which transition the worker dies when
DEATHS = {
    "collecting": "before the commit",
    "answering": "after the commit",
    "closed": "amid the notices",
    "archived": "after the notices",
}
Start = Callable[..., Started]


@pytest.fixture
def start(app: Any, guard: Guard, tmp_path: Path) -> Iterator[Start]:
    """`start(DIES="before the commit")`: a `flask worker` at this test's database and hour, ended after the test."""
    started: list[Started] = []
    env = {**inherited(), "FORUM_INSTANCE": str(tmp_path), "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"]}

    def start(**facts: str) -> Started:
        db.session.rollback()
        said = {getattr(mortal, name): value for name, value in facts.items()}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        env_then = {**env, **mortal.ahead(Clock.offset), **said}
        started.append(COMMANDS.start(command, env_then, tmp_path / "log"))
        guard.watch(started[-1].pid)
        return started[-1]

    yield start
    for each in started:
        end(each)
        guard.forget(each.pid)


def end(worker: Started) -> int:
    """`kill -9`, unless it has ended; return how it did."""
    signal_group(worker.pid, signal.SIGKILL)
    return worker.wait(PATIENCE)


def owes_nothing(session_id: int) -> bool:
    """Whether every step is carried out and told of."""
    db.session.rollback()
    untold = select(func.count()).where(AskStep.session_id == session_id, AskStep.notified_at.is_(None))
    return not queries.due(10) and not db.session.scalar(untold)


def written(session_id: int) -> tuple[list[str], Counter[str], Counter[tuple[int, str]]]:
    """Return the states of the session, the acts of the log, and who was told how often of which state."""
    db.session.rollback()
    steps = db.session.scalars(select(AskStep.state).where(AskStep.session_id == session_id).order_by(AskStep.id))
    acts = db.session.scalars(select(audit.AuditEntry.act).where(audit.AuditEntry.act.like("asking.%")))
    told = db.session.execute(
        select(Notification.user_id, Notification.key).where(Notification.kind == "ask_session")
    ).all()
    return list(steps), Counter(acts), Counter((row.user_id, row.key.rpartition(":")[2]) for row in told)


def expected(until: Phase, expert_id: int, host_id: int, *, told: Phase) -> Any:
    """Return what `written` says after each step once, told of up to another one; the host announced it."""
    steps = [str(phase) for phase in clock.ORDER[: clock.ORDER.index(until) + 1]]
    heard = steps[: clock.ORDER.index(told) + 1]
    notices = Counter([*((expert_id, step) for step in heard), *((host_id, step) for step in heard[1:])])
    return steps, Counter(f"asking.{step}" for step in steps), notices


def test_killed_at_each_transition_and_started_again(
    app: Any, session: AskSession, at: Any, dr_chen: User, bob: User, start: Start, tmp_path: Path
) -> None:
    session_id, people = session.id, (dr_chen.id, bob.id)
    transitions.carry_out_what_is_due()  # the announcement
    for before, phase in zip(clock.ORDER, clock.ORDER[1:], strict=False):
        at(phase)
        moment = DEATHS[phase]
        assert start(DIES=moment).wait(PATIENCE) == -signal.SIGKILL, moment
        kept = before if moment == "before the commit" else phase
        told = phase if moment == "after the notices" else before
        assert written(session_id) == expected(kept, *people, told=told), moment
        assert present(session).state == kept
        again = start()
        wait_until(lambda: owes_nothing(session_id), again, tmp_path / "log")
        end(again)
        assert written(session_id) == expected(phase, *people, told=phase), moment
        assert present(session).state == phase


def test_two_workers_at_once(
    app: Any, session: AskSession, at: Any, dr_chen: User, bob: User, start: Start, tmp_path: Path
) -> None:
    session_id, people, folder = session.id, (dr_chen.id, bob.id), tmp_path / "met"
    transitions.tell_of_step(queries.steps(session_id)[0].id)
    at("closed")  # two states are over by then, and nobody is told of these any more
    folder.mkdir()
    workers = [start(MEETS=str(folder)) for _ in range(2)]
    for each in workers:
        wait_until(lambda: owes_nothing(session_id), each, tmp_path / "log")
    assert {path.name for path in folder.iterdir()} == {str(each.pid) for each in workers}, "they did not meet"
    steps, acts, told = expected(Phase.CLOSED, *people, told=Phase.ANNOUNCED)
    assert written(session_id) == (steps, acts, told + Counter((person, "closed") for person in people))
    assert present(session).state == "closed" and "failed" not in (tmp_path / "log").read_text()
    assert [each.poll() for each in workers] == [None, None]
