"""Speakers with an account: told once that they are named, and of what happens to the item; their name is theirs."""

import pytest
from sqlalchemy import select

from forum.accounts.models import KEEP_POSTS
from forum.admin import merging
from forum.core.database import db, transaction
from forum.core.errors import Conflict
from forum.leaving import actions as leaving
from forum.leaving import closing
from forum.programme import actions, naming, seats, speaking
from forum.programme.models import Speaker
from tests.programme.conftest import fields_of, present, told

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
BOTH = "@dr_chen Professor of statistics\nLi Hua, Lakeside Library"


def named(item):
    return [speaker.user_id or speaker.words for speaker in present(item).speakers]


def test_they_are_told_once_and_of_what_happens_to_it(app, plan, dr_chen, alice, bob, as_, with_smtp, work):
    item = plan(speakers=naming.read(BOTH))
    work()
    assert told(dr_chen) == ["named"] and len(with_smtp.letters) == 1
    letter = with_smtp.letters[0].get_body(("plain",)).get_content()
    assert "You are named as a speaker at" in letter and "you can take your name off" in " ".join(letter.split())
    assert "You are named as a speaker at “Who checks the ranking?”" in as_(dr_chen).get("/notifications").text
    again = fields_of(present(item), title_en="Who ranks?", speakers=naming.read(BOTH + "\n@alice Reader"))
    assert actions.change_item(item.id, again, 1, bob)
    work()
    assert told(dr_chen) == ["named"] and told(alice) == ["named"], "only whoever is new"
    seats.sign_up(item.id, alice)
    actions.change_item(item.id, {**again, "place_en": "Hall 9"}, 2, bob)
    work()
    assert told(dr_chen) == ["named", "moved"] == told(alice), "who speaks and attends is told once"
    actions.cancel(item.id, "The hall is closed.", bob)
    work()
    assert told(dr_chen) == ["named", "moved", "cancelled"] == told(alice)
    plan(speakers=naming.read("@bob Moderator"))
    assert told(bob) == [], "whoever names themselves knows"
    with transaction():
        dr_chen.mails_off = ["programme"]
    sent = len(with_smtp.letters)
    actions.reinstate(item.id, bob)
    work()
    assert told(dr_chen)[-1] == "reinstated" and len(with_smtp.letters) == sent + 1, "alice's alone"


def test_they_take_their_name_off(app, plan, dr_chen, alice, bob, as_, client, work):
    item = plan(speakers=naming.read(BOTH))
    url = f"/programme/items/{item.id}"
    assert "Take my name off" in as_(dr_chen).get(url).text
    assert "Take my name off" not in as_(alice).get(url).text and "Take my name off" not in client.get(url).text
    assert as_(alice).send(f"{url}/step-down").status_code == 303
    assert named(item) == [dr_chen.id, "Li Hua, Lakeside Library"] and present(item).version == 1
    his = as_(dr_chen)
    assert his.send(f"{url}/step-down").status_code == 303 and his.send(f"{url}/step-down").status_code == 303
    assert named(item) == ["Li Hua, Lakeside Library"] and "Professor of statistics" not in client.get(url).text
    with pytest.raises(Conflict):
        actions.change_item(item.id, fields_of(present(item), speakers=naming.read(BOTH)), 1, bob)
    assert "A speaker took their name off" in client.get("/moderation/log").text
    actions.change_item(item.id, fields_of(present(item), speakers=naming.read(BOTH)), 2, bob)
    assert told(dr_chen) == ["named", "named"], "put back, they are told again"
    assert named(item)[0] == dr_chen.id


def test_accounts_that_end_or_become_one_leave_the_item_in_order(app, plan, mallory, alice, ann, carol, clock, work):
    item = plan(speakers=naming.read("@mallory One\n@alice Two\n@ann Three"))
    merging.merge(mallory, alice, by=carol)
    assert sorted(named(item)) == sorted([alice.id, ann.id]), "one person stands there once"
    leaving.leave(ann, KEEP_POSTS)
    clock.move(days=7, seconds=1)
    work()
    closing._last_letters.at = None
    work()
    assert named(item) == [alice.id]
    assert db.session.scalars(select(Speaker).where(Speaker.user_id == ann.id)).all() == []
    assert not speaking.step_down(item.id, ann)
