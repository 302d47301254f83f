"""Up to three experts of the sub-theme are invited to a question, are told once, and may decline."""

import pytest

from forum.accounts import ties
from forum.accounts.models import KEEP_POSTS, User
from forum.answers import actions, inviting, queries
from forum.core.database import db, transaction
from forum.core.errors import Forbidden, Refused
from forum.experts import actions as experts
from forum.experts.queries import of_person
from forum.leaving import closing
from forum.leaving.actions import leave
from forum.subthemes import queries as subthemes
from forum.threads import actions as threads
from forum.threads import staff_actions
from forum.threads.models import Thread
from tests.answers.conftest import url
from tests.threads.test_races import at_once

sqlite_only = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


@pytest.fixture
def panel(person, carol, dr_chen, subtheme):
    """Dr Chen and three more experts of the sub-theme."""
    others = [person(name) for name in ("dr_ito", "dr_roy", "dr_sun")]
    for one in others:
        experts.grant(one, subtheme, "Lecturer", "Hill College", None, by=carol)
    return [dr_chen, *others]


def test_ann_invites_three_and_one_declines(as_, ann, mallory, panel, question, told):
    c, address = as_(ann), f"/threads/{question.id}/invite"
    assert "Invite an expert" in c.get(url(question)).text
    page = c.get(address).text
    assert page.count('name="experts"') == 4 and "陈博士 · Professor of statistics · Lakeside University" in page
    ids = [one.id for one in panel]
    refused = c.send(address, experts=[str(one) for one in ids])
    assert refused.status_code == 422 and "at most 3" in refused.text
    assert c.send(address).status_code == 422
    assert c.send(address, experts=[str(one) for one in ids[:2]]).status_code == 303
    assert inviting.invite(question, [ids[2]], ann) == 1
    assert inviting.invite(question, [ids[2]], ann) == 0, "invited before"
    with pytest.raises(Refused):
        inviting.invite(question, [ids[3]], ann)
    assert inviting.invite(question, [ids[0], ids[3]], mallory) == 2
    key = f"expert_invitation:{question.id}"
    assert told("expert_invitation") == [(name, key) for name in ("dr_chen", "dr_ito", "dr_roy", "dr_sun")]
    expert = as_(panel[0])
    desk = expert.get("/experts/desk").text
    assert "You are invited to answer" in desk and desk.count(f"/threads/{question.id}/invite/decline") == 1
    assert expert.send(f"/threads/{question.id}/invite/decline").status_code == 303
    assert not inviting.decline(question, panel[0])
    assert "You are invited to answer" not in expert.get("/experts/desk").text
    assert "declined" in as_(ann).get(address).text and "declined" in as_(mallory).get(address).text
    other = as_(panel[3])
    for page in (address, url(question)):
        assert "declined" not in other.get(page).text
    assert told("expert_invitation") == [(name, key) for name in ("dr_chen", "dr_ito", "dr_roy", "dr_sun")]


@sqlite_only
def test_who_declined_is_not_asked_again(ann, mallory, panel, question, told):
    inviting.invite(question, [panel[1].id], ann)
    assert inviting.decline(question, panel[1])
    with transaction() as session:
        session.execute(db.text("DELETE FROM notifications"))
    inviting.invite(question, [panel[1].id], mallory)
    assert told("expert_invitation") == [] and queries.open_invitations(panel[1]) == []


@sqlite_only
def test_who_can_not_be_invited(alice, ann, sam, newbie, carol, panel, question, subtheme):
    elsewhere = threads.start_thread(subtheme, alice, "No question", "Just a thought.")
    for who, thread, error in (
        (ann, elsewhere, Forbidden), (sam, question, Forbidden), (panel[0], question, Refused),
    ):  # fmt: skip
        with pytest.raises(error):
            inviting.invite(thread, [panel[0].id], who)
    ties.keep(panel[1], "block", by=ann)
    experts.revoke(_credential(panel[2]), "Left.", by=carol)
    for one in (ann, alice, *panel[1:3]):
        with pytest.raises(Refused):
            inviting.invite(question, [one.id], ann)
    threads.post_reply(question, panel[0], "In three steps.", _credential(panel[0]))
    with pytest.raises(Refused):
        inviting.invite(question, [panel[0].id], ann)
    assert inviting.invite(question, [panel[3].id], ann) == 1
    staff_actions.lock(question, carol)
    with pytest.raises(Forbidden):
        inviting.invite(question, [panel[3].id], newbie)


@sqlite_only
def test_who_keeps_the_inviter_away_hears_nothing_and_it_looks_the_same(as_, ann, panel, question, told):
    ties.keep(ann, "block", by=panel[0])
    c = as_(ann)
    assert c.send(f"/threads/{question.id}/invite", experts=[str(panel[0].id)]).status_code == 303
    assert told("expert_invitation") == [] and queries.open_invitations(panel[0]) == []
    assert "invited" in c.get(f"/threads/{question.id}/invite").text


@sqlite_only
def test_invitations_end_with_the_answer_the_question_and_the_account(ann, alice, bob, panel, question, clock):
    inviting.invite(question, [one.id for one in panel[:3]], ann)
    assert [len(queries.open_invitations(one)) for one in panel] == [1, 1, 1, 0]
    threads.post_reply(question, panel[0], "In three steps.", _credential(panel[0]))
    assert queries.open_invitations(panel[0]) == []
    assert queries.has_answered(question.id, {one.id for one in panel}) == {panel[0].id}
    actions.withdraw(question, alice)
    assert queries.open_invitations(panel[1]) == []
    actions.ask(question, alice)
    assert len(queries.open_invitations(panel[1])) == 1
    staff_actions.move(question, subthemes.by_slug("law-online"), bob)
    assert queries.open_invitations(panel[1]) == [], "she is no expert there"
    leave(ann, KEEP_POSTS)
    clock.move(days=8)
    assert closing.complete(ann.id)
    assert queries.invitations_by(ann.id, question.id) == []


def test_requests_at_once_invite_three_at_most(app, ann, panel, question):
    thread_id, ann_id, ids = question.id, ann.id, [one.id for one in panel] * 2
    works = [
        lambda one=one: inviting.invite(db.session.get(Thread, thread_id), [one], db.session.get(User, ann_id))
        for one in ids
    ]
    results = at_once(app, works)
    assert sum(1 for each in results if each == 1) == 3, results
    assert len(queries.invitations_by(ann_id, thread_id)) == 3


def _credential(expert):
    return of_person(expert.id)[0]


@sqlite_only
def test_who_is_silenced_is_not_offered(panel, question, ann):
    assert {one.user_id for one in queries.invitable(ann, question)} == {one.id for one in panel}
    with transaction():
        panel[0].silenced_until = panel[0].created_at.replace(year=2099)
    assert {one.user_id for one in queries.invitable(ann, question)} == {one.id for one in panel[1:]}
