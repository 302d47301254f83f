"""A long waiting list moves up by itself: in bounded steps, first come first served, each told once, nobody doubled."""

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select

from forum.accounts.models import User
from forum.admin import merging
from forum.core.database import db, now, transaction
from forum.mail.models import Mail
from forum.notifications.models import Notification
from forum.programme import actions, listeners, seats, waiting
from forum.programme.models import Attendance, Item
from forum.programme.telling import AT_ONCE
from forum.programme.times import typed_at
from tests.programme.conftest import fields_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
MANY = 2_000
STEP = 12  # statements of a step, however many wait: it reads them, moves them, and writes notices and letters once


def present(item):
    db.session.rollback()
    return db.session.get(Item, item.id, populate_existing=True)


@pytest.fixture
def crowd(plan, alice):
    """`crowd`: an item with one place, alice's, for which 2,000 people wait; the last of them signed up first."""
    item = plan(capacity=1)
    seats.sign_up(item.id, alice)
    with transaction() as session:
        ids = range(10_001, 10_001 + MANY)
        people = [
            {"id": n, "username": f"w{n}", "username_key": f"w{n}", "password_hash": "", "email": f"w{n}@example.org",
             "email_key": f"w{n}@example.org"}
            for n in ids
        ]  # fmt: skip
        session.execute(insert(User), people)
        rows = [
            {"item_id": item.id, "person_id": n, "seat": "waiting", "signed_up_at": now() - timedelta(seconds=n)}
            for n in ids
        ]
        session.execute(insert(Attendance), rows)
        session.get(Item, item.id).waiting_count = MANY
    return item


def going(item):
    query = select(Attendance.person_id).where(Attendance.item_id == item.id, Attendance.seat == "going")
    return set(db.session.scalars(query))


def test_a_larger_room_is_filled_step_by_step(app, crowd, alice, ann, bob, statements):
    last = 10_000 + MANY
    with statements() as seen:
        actions.change_item(crowd.id, fields_of(present(crowd), capacity=1 + MANY), 1, bob)
    assert len(seen) <= STEP + 15, "what the form writes, and one step"
    assert going(crowd) == {alice.id, *range(last - AT_ONCE + 1, last + 1)}, "who signed up first comes first"
    assert seats.sign_up(crowd.id, ann).seat == "waiting", "a newcomer does not overtake those who wait"
    with statements() as seen:
        waiting.move_up(crowd.id)
    steps = -(-MANY // AT_ONCE)
    assert len(seen) <= steps * STEP, len(seen)
    found = present(crowd)
    assert (found.going_count, found.waiting_count) == (1 + MANY, 1) == seats.counts(crowd.id)
    assert ann.id not in going(crowd)
    waiting.move_up(crowd.id)
    waiting.places_owed()
    told = db.session.scalar(select(func.count()).where(Notification.kind == "programme"))
    assert told == MANY == db.session.scalar(select(func.count()).where(Mail.kind == "programme")), "each of them once"
    with transaction():
        db.session.get(Item, crowd.id).capacity = None
    waiting.places_owed()
    assert ann.id in going(crowd) and not list(listeners.recount_places())


def test_a_worker_that_died_goes_on_where_it_was(app, crowd, bob, monkeypatch):
    calls = []

    def die(item, attendances):
        calls.append(len(attendances))
        raise SystemExit

    monkeypatch.setattr(waiting.telling, "tell_of_places", die)
    with transaction():
        db.session.get(Item, crowd.id).capacity = 301
    with pytest.raises(SystemExit):
        waiting.places_owed()
    assert calls == [AT_ONCE] and (present(crowd).going_count, len(going(crowd))) == (1, 1), "nothing of that step"
    monkeypatch.undo()
    waiting.places_owed()
    assert present(crowd).going_count == 301 == len(going(crowd)) and not list(listeners.recount_places())
    off = present(crowd)
    actions.cancel(crowd.id, "The hall is closed.", bob)
    with transaction():
        db.session.get(Item, crowd.id).capacity = 400
    waiting.places_owed()
    assert present(off).going_count == 301, "of what is cancelled nobody gets a place"


def test_of_two_accounts_that_wait_the_earlier_place_in_the_list_counts(
    app, plan, alice, ann, mallory, sam, carol, work
):
    item = plan(capacity=1)
    for person in (alice, mallory, sam_can_write(sam), ann):
        seats.sign_up(item.id, person)
    merging.merge(mallory, ann, by=carol)  # mallory's was before sam's, ann's behind it
    assert (present(item).going_count, present(item).waiting_count) == (1, 2) == seats.counts(item.id)
    seats.withdraw(item.id, alice.id)
    assert going(item) == {ann.id}
    with transaction():
        db.session.get(Item, item.id).capacity = 5
    work()
    assert going(item) == {ann.id, sam.id}, "the worker looks each minute"


def sam_can_write(sam):
    with transaction():
        sam.silenced_until = sam.suspended_until = None
    return sam


def test_fewer_places_than_are_taken_cost_nobody_theirs(app, plan, alice, ann, mallory, bob, as_, client):
    item = plan(capacity=2)
    for person in (alice, ann, mallory):
        seats.sign_up(item.id, person)
    his, url = as_(bob), f"/programme/items/{item.id}"
    fields = {name: "" if value is None else value for name, value in fields_of(present(item), speakers="").items()}
    for name in ("starts_at", "ends_at"):
        fields[name] = typed_at(getattr(present(item), name), "Asia/Shanghai").isoformat(timespec="minutes")
    answer = his.send(f"{url}/edit", **{**fields, "capacity": 1}, thread="", seen=1)
    assert answer.status_code == 303
    page = his.get(url).text
    assert "2 people have a place, more than the 1 there are now. Nobody loses theirs" in page
    assert "All places are taken." in page and "2 of 1" not in page and "1 person waits." in page
    assert "All places are taken." in client.get(url).text
    assert going(item) == {alice.id, ann.id}
    seats.withdraw(item.id, ann.id)
    assert going(item) == {alice.id}, "who waits moves up only when fewer have one than there are"
    seats.withdraw(item.id, alice.id)
    assert going(item) == {mallory.id}
    for nonsense in ("0", "-1", "100001"):
        assert his.send(f"{url}/edit", **{**fields, "capacity": nonsense}, thread="", seen=2).status_code == 422
