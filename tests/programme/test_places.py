"""Signing up: places are counted exactly, also when many come at once; who waits moves up by themselves."""

import pytest
from sqlalchemy import select

from forum.accounts.models import User
from forum.admin import merging
from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.notifications.models import Notification
from forum.programme import actions, listeners, seats, telling, waiting
from forum.programme.models import Attendance, Item
from forum.threads.recount import recount
from tests.people import make_person
from tests.programme.conftest import fields_of
from tests.threads.test_races import at_once

SQLITE = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def present(item):
    db.session.rollback()
    return db.session.get(Item, item.id, populate_existing=True)


def seats_at(item):
    rows = db.session.execute(select(Attendance.person_id, Attendance.seat).where(Attendance.item_id == item.id))
    return {row.person_id: row.seat for row in rows}


def sign_up(item_id, person_id):
    return seats.sign_up(item_id, db.session.get(User, person_id)).seat


def test_many_at_once_take_exactly_the_places_there_are(app, plan, monkeypatch):
    item, ids = plan(capacity=3), [make_person(f"p{number}").id for number in range(9)]
    item_id = item.id
    results = at_once(app, [lambda who=person_id: sign_up(item_id, who) for person_id in ids])
    assert sorted(results) == ["going"] * 3 + ["waiting"] * 6
    found = present(item)
    assert (found.going_count, found.waiting_count) == (3, 6) == seats.counts(item.id)
    line = select(Attendance.person_id).where(Attendance.item_id == item_id, Attendance.seat == "waiting")
    line = db.session.scalars(line.order_by(Attendance.signed_up_at, Attendance.id)).all()
    leaving = [user_id for user_id, seat in seats_at(item).items() if seat == "going"]
    gone = [lambda who=user_id: seats.withdraw(item_id, who) for user_id in leaving]
    assert sorted(at_once(app, gone + gone[:1])) == [False, True, True, True], "twice at once is once"
    found = present(item)
    assert (found.going_count, found.waiting_count) == (3, 3) == seats.counts(item.id)
    with transaction():
        db.session.get(Item, item_id).capacity = 5
    monkeypatch.setattr(telling, "AT_ONCE", 1)
    at_once(app, [lambda: waiting.move_up(item_id)] * 3)
    told = db.session.scalars(select(Notification.user_id).where(Notification.kind == "programme")).all()
    assert sorted(told) == sorted(line[:5]), "three workers at once move each up once, in their order"
    assert (present(item).going_count, present(item).waiting_count) == (5, 1) == seats.counts(item_id)
    assert not list(listeners.recount_places())


@SQLITE
def test_who_waits_longest_moves_up_and_is_told_once(app, plan, alice, ann, mallory, bob, as_):
    item = plan(capacity=1)
    hers, url = as_(alice), f"/programme/items/{item.id}"
    assert "Sign up" in hers.get(url).text
    assert hers.send(f"{url}/sign-up").status_code == 303 and hers.send(f"{url}/sign-up").status_code == 303
    seats.sign_up(item.id, ann)
    seats.sign_up(item.id, mallory)
    page = as_(ann).get(url).text
    assert "You wait for a place" in page and "All places are taken." in page and "2 people wait." in page
    assert hers.send(f"{url}/withdraw").status_code == 303 and hers.send(f"{url}/withdraw").status_code == 303
    assert seats_at(item) == {ann.id: "going", mallory.id: "waiting"}
    told = db.session.scalars(select(Notification).where(Notification.kind == "programme")).all()
    assert [(notice.user_id, notice.facts["what"]) for notice in told] == [(ann.id, "place")]
    assert "You have a place now at “Who checks the ranking?”" in as_(ann).get("/notifications").text
    actions.change_item(item.id, fields_of(present(item), capacity=2), present(item).version, bob)
    assert seats_at(item)[mallory.id] == "going", "more places"
    actions.change_item(item.id, fields_of(present(item), capacity=1), present(item).version, bob)
    assert set(seats_at(item).values()) == {"going"}, "nobody loses a place"
    assert seats.withdraw(item.id, mallory.id) and present(item).going_count == 1


@SQLITE
def test_who_may_not(app, plan, sam, alice, mallory, bob, as_, client):
    item, over, off = plan(), plan(hours=-5), plan()
    actions.cancel(off.id, "The hall is closed.", bob)
    with pytest.raises(Forbidden):
        seats.sign_up(item.id, sam)
    for closed in (over, off):
        with pytest.raises(Conflict):
            seats.sign_up(closed.id, alice)
        assert as_(alice).send(f"/programme/items/{closed.id}/sign-up").status_code == 409
    with pytest.raises(NotFound):
        seats.sign_up(4711, alice)
    assert client.send(f"/programme/items/{item.id}/sign-up").status_code == 401
    assert not seats.withdraw(item.id, mallory.id) and present(item).going_count == 0
    page = client.get(f"/programme/items/{off.id}").text
    assert "This item does not take place." in page and "The hall is closed." in page


@SQLITE
def test_a_wrong_counter_is_found_and_set_right(app, plan, alice):
    item = plan()
    seats.sign_up(item.id, alice)
    with transaction():
        db.session.get(Item, item.id).going_count = 7
    assert [str(fault) for fault in recount(fix=True) if "places" in str(fault)] == [
        f"item {item.id}: places and waiting list are (7, 0), counted (1, 0)"
    ]
    assert not list(listeners.recount_places())


@SQLITE
def test_two_accounts_of_one_person_become_one_place(app, plan, alice, ann, mallory, carol):
    item = plan(capacity=2)
    for person in (alice, mallory, ann):
        seats.sign_up(item.id, person)
    merging.merge(mallory, alice, by=carol)
    assert seats_at(item) == {alice.id: "going", ann.id: "going"}
    assert not list(listeners.recount_places())


@SQLITE
def test_of_a_place_and_a_wait_the_place_stays(app, plan, alice, ann, mallory, bob, carol):
    first, second, third = plan(capacity=1), plan(capacity=1), plan(capacity=2)
    for item, people in (
        (first, (alice, mallory, ann)),
        (second, (mallory, alice, ann)),
        (third, (alice, mallory, ann)),
    ):
        for who in people:
            seats.sign_up(item.id, who)
    merging.merge(mallory, alice, by=carol)  # with a place and a wait, a wait and a place, and two places
    assert seats_at(first) == seats_at(second) == {alice.id: "going", ann.id: "waiting"}
    assert seats_at(third) == {alice.id: "going", ann.id: "going"}, "the place that became free goes to who waits"
    for item in (first, second, third):
        assert (present(item).going_count, present(item).waiting_count) == seats.counts(item.id)
    rows = db.session.scalars(select(Attendance).where(Attendance.person_id == alice.id)).all()
    assert len(rows) == 3 and all(row.remind_at for row in rows), "and she is reminded of each"
