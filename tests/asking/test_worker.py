"""The worker dies at the moment of a transition, or two of them work at once: one step and one notice each."""

from __future__ import annotations

import threading
from collections import Counter

import pytest
from sqlalchemy import select

from forum.asking import queries, transitions
from forum.asking.models import AskStep
from forum.core import audit
from forum.core.database import db
from forum.notifications.models import Notification
from tests.asking.conftest import present

STEPS = ["announced", "collecting", "answering"]


class Killed(BaseException):
    """As when the process ends there."""


def sweep():
    db.session.rollback()
    transitions.carry_out_what_is_due()
    db.session.rollback()


def each_once(session_id, expert_id, host_id):
    db.session.rollback()
    steps = list(db.session.scalars(select(AskStep.state).where(AskStep.session_id == session_id)))
    acts = select(audit.AuditEntry.act).where(audit.AuditEntry.act.like("asking.%"))
    told = Counter(db.session.scalars(select(Notification.user_id).where(Notification.kind == "ask_session")))
    assert sorted(steps) == sorted(STEPS)
    assert Counter(db.session.scalars(acts)) == Counter(f"asking.{step}" for step in STEPS)
    assert told == {expert_id: 3, host_id: 2}  # the host announced it


@pytest.mark.parametrize("moment", ["before the commit", "after the commit", "before the notices' commit"])
@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_killed_and_started_again(app, session, at, dr_chen, bob, monkeypatch, moment):
    at("answering")
    ids = session.id, dr_chen.id, bob.id
    if moment == "before the commit":
        place, name = transitions.audit, "record"
    elif moment == "after the commit":
        place, name = transitions, "tell_of_step"
    else:
        place, name = transitions, "tell_all"
    real = getattr(place, name)

    def die(*args, **facts):
        if moment != "after the commit":
            real(*args, **facts)
        raise Killed

    monkeypatch.setattr(place, name, die)
    with pytest.raises(Killed):
        sweep()
    monkeypatch.setattr(place, name, real)
    assert present(session).state == ("announced" if moment == "before the commit" else "answering")
    sweep()
    sweep()
    each_once(*ids)


def test_two_workers_at_once(app, session, at, dr_chen, bob):
    at("answering")
    ids = session.id, dr_chen.id, bob.id
    start, failed = threading.Barrier(2), []

    def work():
        with app.app_context():
            start.wait()
            try:
                transitions.carry_out_what_is_due()
            except Exception as error:
                failed.append(error)
            finally:
                db.session.remove()

    db.session.remove()
    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert not failed and not queries.due(10)
    sweep()
    each_once(*ids)
