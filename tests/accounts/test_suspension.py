"""Suspending somebody: by whom, until when, and in whose transaction."""

from datetime import timedelta
from typing import Any

import pytest

from forum.accounts import suspensions
from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.core.errors import Forbidden, Refused


def test_a_suspension_is_never_shortened(alice: User, carol: User, bob: User) -> None:
    far, near = now() + timedelta(days=30), now() + timedelta(days=3)
    assert suspensions.suspend(alice, far, by=carol)
    assert not suspensions.suspend(alice, near, by=bob)
    db.session.refresh(alice)
    assert alice.suspended_until == far


def test_it_joins_the_transaction_of_the_decision(as_: Any, alice: User, bob: User) -> None:
    browser = as_(alice)
    with pytest.raises(RuntimeError), transaction():
        suspensions.suspend(alice, now() + timedelta(days=3), by=bob)
        raise RuntimeError("the decision failed after all")
    assert browser.get("/settings/profile").status_code == 200
    with transaction():
        suspensions.suspend(alice, now() + timedelta(days=3), by=bob)
    assert browser.get("/settings/profile").status_code == 303


def test_nobody_suspends_themselves_or_those_above(alice: User, bob: User, bea: User, carol: User) -> None:
    until = now() + timedelta(days=3)
    for person, by in ((bob, bob), (bea, bob), (carol, bob), (carol, carol), (bob, alice)):
        with pytest.raises(Forbidden):
            suspensions.suspend(person, until, by=by)
        db.session.refresh(person)
        assert not person.is_suspended


def test_it_ends_in_the_future(alice: User, bob: User) -> None:
    with pytest.raises(Refused):
        suspensions.suspend(alice, now() - timedelta(seconds=1), by=bob)
