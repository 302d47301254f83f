"""What is hidden and comes back: a session's clock stands still meanwhile, a question has its merged ones again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from forum.asking import queries, transitions, triage
from forum.asking.models import AskStep, Question, Status
from forum.asking.recount import recount_sessions
from forum.core import jobs
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Forbidden
from forum.notifications.models import Notification
from forum.threads import actions, states
from forum.threads.models import Post
from tests.asking.conftest import answer, present
from tests.asking.test_triage import facts
from tests.discussions import opening_of

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def told():
    db.session.rollback()
    rows = select(Notification.user_id, Notification.key).where(Notification.kind == "ask_session")
    return sorted((user_id, key.rpartition(":")[2]) for user_id, key in db.session.execute(rows))


def logged():
    db.session.rollback()
    return list(
        db.session.scalars(select(AuditEntry.act).where(AuditEntry.act.like("asking.%")).order_by(AuditEntry.seq))
    )


def test_the_clock_stands_still_while_nobody_sees_the_session(session, at, ask, alice, bob, bea, dr_chen, as_, work):
    at("collecting")
    one = ask(alice)
    work()
    before, log = told(), logged()
    opening = opening_of(session.thread)
    states.hide_post(opening, bea, "r2")
    at("closed")
    work()
    assert present(session).state == "collecting" and (told(), logged()) == (before, log)
    assert transitions.carry_out(session.id) == 0 and not queries.due(10)
    for act in (
        lambda: transitions.advance(session.id, "closed", bob),
        lambda: triage.decline(one.post_id, "It is about another theme.", bob),
    ):
        with pytest.raises(Forbidden, match="stands still"):
            act()
    address = f"/sessions/{session.id}/{session.thread.slug}"
    page = as_(bob).get(address).text
    assert "stands still" in page and f"/sessions/{session.id}/desk" not in page
    assert as_(bob).get(f"/sessions/{session.id}/change").status_code == 403
    states.restore_post(opening, bea)
    work()
    work()
    assert present(session).state == "closed" and logged() == [*log, "asking.answering", "asking.closed"]
    assert told() == sorted([*before, (bob.id, "closed"), (dr_chen.id, "closed")])
    steps = {step.state: step for step in queries.steps(session.id)}
    assert steps["answering"].planned_at < steps["answering"].done_at


def test_a_session_that_is_held_is_told_of_once_it_is_published(session, bob, bea, dr_chen, work):
    opening = opening_of(session.thread)
    states.hide_post(opening, bea, "r2")
    work()
    assert told() == [] and transitions.tell_of_step(queries.steps(session.id)[0].id) is None and told() == []
    states.restore_post(opening, bea)
    work()
    assert told() == [(dr_chen.id, "announced")]


def test_a_session_whose_host_took_the_description_away_goes_on(session, at, ask, alice, bob, dr_chen, as_, work):
    at("collecting")
    ask(alice)
    actions.delete_post(opening_of(session.thread), bob)
    work()
    assert present(session).state == "collecting"
    assert "Questions are asked now in your session “Ask about rankings”" in as_(dr_chen).get("/notifications").text


def test_an_early_step_is_told_right_after_it(session, app, bob, dr_chen, work):
    work()
    transitions.advance(session.id, "announced", bob)
    assert (dr_chen.id, "collecting") not in told()
    huey = app.extensions["huey"]
    while task := huey.dequeue():  # the queue alone: no sweep
        huey.execute(task)
    assert (dr_chen.id, "collecting") in told()
    assert db.session.scalars(select(AskStep.notified_at).order_by(AskStep.id.desc())).first() is not None
    assert jobs._jobs["tell_of_step"] is transitions.tell_of_step


@pytest.mark.parametrize("how", ["hide", "remove"])
def test_a_question_that_comes_back_has_its_merged_ones_again(
    session, at, ask, alice, ann, mallory, bob, bea, person, work, how
):
    at("collecting")
    zoe = person("zoe", trust_level=2)
    one, two, three = ask(alice, "Who checks?"), ask(ann, "Who is it that checks?"), ask(mallory, "Checked by whom?")
    four = ask(zoe, "When are elections?")
    triage.merge([two.post_id, three.post_id], one.post_id, bob)
    triage.route(one.post_id, None, bob)
    work()
    before, notices = facts(), sorted(db.session.scalars(select(Notification.key)))
    post = db.session.get(Post, one.post_id)
    (states.hide_post if how == "hide" else states.remove_post)(post, bea, "r2")
    rows = {row["post_id"]: row for row in facts()[0]}
    assert {rows[each.post_id]["status"] for each in (two, three)} == {Status.OPEN} and present(
        session
    ).question_count == 3
    assert not list(recount_sessions())
    states.restore_post(post, bea)
    assert facts() == before and not list(recount_sessions()) and present(session).question_count == 4
    work()
    assert sorted(db.session.scalars(select(Notification.key))) == notices
    states.hide_post(post, bea, "r2")  # what is decided meanwhile stays decided
    triage.decline(two.post_id, "It is about another theme.", bob)
    triage.merge([three.post_id], four.post_id, bob)
    states.restore_post(post, bea)
    rows = {row["post_id"]: row for row in facts()[0]}
    assert (rows[two.post_id]["status"], rows[three.post_id]["merged_into_id"]) == (Status.DECLINED, four.post_id)
    assert rows[one.post_id]["support_count"] == 1 and not list(recount_sessions())


def test_what_was_answered_meanwhile_stands_for_itself(session, at, ask, alice, ann, mallory, bob, bea, dr_chen):
    at("collecting")
    one, two = ask(alice, "Who checks?"), ask(ann, "Who is it that checks?")
    triage.merge([two.post_id], one.post_id, bob)
    at("answering")
    answer(session, dr_chen, one)
    post = db.session.get(Post, one.post_id)
    states.hide_post(post, bea, "r2")
    assert present(session).answered_count == 0
    answer(session, dr_chen, two)
    states.restore_post(post, bea)
    rows = {row["post_id"]: row["status"] for row in facts()[0]}
    assert rows == {one.post_id: Status.ANSWERED, two.post_id: Status.ANSWERED}
    assert present(session).answered_count == 2 and not list(recount_sessions())
    assert db.session.get(Question, one.post_id).support_count == 1
