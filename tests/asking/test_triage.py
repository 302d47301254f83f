"""The host's desk: duplicates are merged and taken out again, questions routed and declined; askers are told once."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from forum.asking import asked, triage
from forum.asking.models import Question, QuestionSupport, Status
from forum.asking.supporting import support
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Conflict, Forbidden, Refused
from forum.notifications.models import Notification
from forum.threads import actions, states
from forum.threads.models import Post
from tests.asking.conftest import answer, present
from tests.people import make_person

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def row(question):
    db.session.rollback()
    db.session.expire_all()
    return db.session.get(Question, question.post_id)


def told(kind):
    db.session.rollback()
    return list(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def facts():
    """Everything that merging changes, as plain values."""
    db.session.rollback()
    db.session.expire_all()
    questions = db.session.execute(select(Question.__table__).order_by(Question.post_id)).mappings()
    supports = db.session.execute(select(QuestionSupport.question_id, QuestionSupport.user_id))
    return [dict(each) for each in questions], sorted(map(tuple, supports))


def test_three_questions_of_forty_supporters_are_merged_answered_and_taken_apart(
    session, at, ask, alice, ann, mallory, bob, dr_chen, work
):
    at("collecting")
    one, two, three = ask(alice, "Who checks?"), ask(ann, "Who is it that checks?"), ask(mallory, "Checked by whom?")
    people = [make_person(f"s{n}") for n in range(40)]
    # 15 + 15 + 15 rows of 40 people: five of them ask two of the three
    for question, group in ((one, people[:15]), (two, people[15:30]), (three, [*people[30:], *people[:5]])):
        for person in group:
            support(question.post_id, person)
    before = facts()
    assert triage.merge([two.post_id, three.post_id], one.post_id, bob) == 2
    assert len(told("ask_question")) == 32
    assert triage.unmerge(two.post_id, bob) and triage.unmerge(three.post_id, bob)
    assert facts() == before and told("ask_question") == [], "undone at once, it was never said"
    assert triage.merge([two.post_id, three.post_id], one.post_id, bob) == 2
    assert triage.merge([two.post_id, three.post_id], one.post_id, bob) == 0  # pressed twice
    assert row(one).support_count == 43 and asked.people_asking(one.post_id) == {
        each.id for each in (*people, alice, ann, mallory)
    }
    # everybody who asks one of the two merged ones is told of each once: 16 + 16
    assert len(told("ask_question")) == 32 and alice.id not in told("ask_question")
    assert not support(one.post_id, people[20])  # asks it already, by way of the second
    with pytest.raises(Forbidden):
        support(two.post_id, people[39])
    at("answering")
    work()
    db.session.query(Notification).delete()
    db.session.commit()
    with pytest.raises(Forbidden, match="merged"):
        answer(session, dr_chen, two)
    first = answer(session, dr_chen, one)
    answer(session, dr_chen, one, "And once more.")
    work()
    assert sorted(told("answer")) == sorted(each.id for each in (*people, alice, ann, mallory))
    work()
    assert len(told("answer")) == 43 and present(session).answered_count == 1
    states.hide_post(db.session.get(Post, first.id), bob, "r2")
    assert row(one).status == Status.ANSWERED and row(one).answer_id > first.id
    for post in db.session.scalars(select(Post).where(Post.parent_id == one.post_id)).all():
        states.hide_post(post, bob, "r2")
    assert row(one).status == Status.OPEN and present(session).answered_count == 0
    assert triage.unmerge(two.post_id, bob) and triage.unmerge(three.post_id, bob)
    assert not triage.unmerge(three.post_id, bob)
    assert facts() == before


def test_one_of_two_merged_ones_is_taken_out_and_whoever_asks_both_stays(
    session, at, ask, alice, ann, mallory, bob, person
):
    at("collecting")
    one, two, three = ask(alice), ask(ann, "The same"), ask(mallory, "The very same")
    zoe = person("zoe")
    support(two.post_id, zoe)
    support(three.post_id, zoe)
    triage.merge([two.post_id, three.post_id], one.post_id, bob)
    assert row(one).support_count == 4
    triage.unmerge(two.post_id, bob)
    assert row(one).support_count == 3 and asked.people_asking(one.post_id) == {alice.id, mallory.id, zoe.id}
    assert support(one.post_id, zoe, wanted=False) and row(one).support_count == 2 and row(three).support_count == 1
    with pytest.raises(Refused, match="merged into one of these"):
        triage.merge([one.post_id], two.post_id, bob)
    actions.delete_post(db.session.get(Post, one.post_id), alice)  # what was merged into it stands for itself again
    assert row(three).status == Status.OPEN and present(session).question_count == 2


def test_a_question_is_declined_with_a_reason_and_taken_up_again(session, at, ask, alice, ann, bob, mallory, as_):
    at("collecting")
    question = ask(alice)
    with pytest.raises(Refused):
        triage.decline(question.post_id, "", bob)
    with pytest.raises(Forbidden):
        triage.decline(question.post_id, "No.", mallory)
    assert triage.decline(question.post_id, "That is for the lawyers.", bob)
    assert not triage.decline(question.post_id, "That is for the lawyers.", bob)
    assert told("ask_question") == [alice.id]
    address = f"/sessions/{session.id}/{session.thread.slug}"
    assert "for the lawyers" in as_(alice).get(address).text and "for the lawyers" not in as_(ann).get(address).text
    with pytest.raises(Conflict):
        triage.route(question.post_id, None, bob)
    assert triage.reopen(question.post_id, bob) and not triage.reopen(question.post_id, bob)
    assert row(question).status == Status.OPEN and told("ask_question") == []


def test_routed_questions_stand_on_the_experts_desk(session, at, ask, alice, ann, bob, dr_chen, as_):
    at("collecting")
    question = ask(alice, "A question that only statistics can answer?")
    with pytest.raises(Refused):
        triage.route(question.post_id, ann.id, bob)
    assert triage.route(question.post_id, dr_chen.id, bob) and not triage.route(question.post_id, dr_chen.id, bob)
    assert told("ask_question") == [dr_chen.id]
    assert "Your sessions" in as_(dr_chen).get("/experts/desk").text
    at("answering")
    desk = as_(dr_chen).get("/experts/desk").text
    assert "Given to you to answer" in desk and "only statistics" in desk
    answer(session, dr_chen, question)
    assert "Given to you to answer" not in as_(dr_chen).get("/experts/desk").text


def test_each_decision_stands_in_the_public_log_once_and_without_a_name(session, at, ask, alice, ann, bob):
    at("collecting")
    one, two = ask(alice), ask(ann, "The same")
    triage.merge([two.post_id], one.post_id, bob)
    triage.unmerge(two.post_id, bob)
    triage.decline(two.post_id, "It asks twice.", bob)
    acts = list(db.session.execute(select(AuditEntry.act, AuditEntry.facts).where(AuditEntry.act.like("asking.%"))))
    assert [act for act, _ in acts] == [
        "asking.announced", "asking.merged", "asking.unmerged", "asking.declined",
    ]  # fmt: skip
    assert all("reason" not in str(each) and "alice" not in str(each) for _, each in acts)


def test_a_merge_of_what_was_decided_meanwhile_is_refused(session, at, ask, alice, ann, bob, bea):
    at("collecting")
    one, two = ask(alice), ask(ann, "The same")
    triage.decline(two.post_id, "It is another theme.", bea)
    with pytest.raises(Conflict):
        triage.merge([two.post_id], one.post_id, bob)
    with pytest.raises(Refused):
        triage.merge([], one.post_id, bob)
    assert row(one).support_count == 1
