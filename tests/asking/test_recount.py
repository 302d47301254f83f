"""`flask doctor` counts what sessions keep in their rows, also over merged questions, and sets it right."""

from __future__ import annotations

from sqlalchemy import update

from forum.asking import triage
from forum.asking.models import AskSession, Question
from forum.asking.recount import recount_sessions
from forum.asking.supporting import support
from forum.core.database import db, transaction
from forum.threads.recount import others
from tests.asking.conftest import answer


def test_counts_that_differ_are_named_and_set_right(session, at, ask, alice, ann, mallory, bob, dr_chen):
    assert recount_sessions in others  # flask doctor asks it
    at("collecting")
    one, two, three = ask(alice, "Who checks?"), ask(ann, "Who is it that checks?"), ask(mallory, "How often?")
    support(two.post_id, mallory)
    triage.merge([two.post_id], one.post_id, bob)
    at("answering")
    answer(session, dr_chen, three)
    assert not list(recount_sessions())
    with transaction() as writer:
        writer.execute(update(AskSession).values(question_count=9, answered_count=0))
        writer.execute(update(Question).where(Question.post_id != three.post_id).values(support_count=7))
    wrong = {
        f"session {session.id}: question_count is 9, counted 3",
        f"session {session.id}: answered_count is 0, counted 1",
        f"question {one.post_id}: support_count is 7, counted 3",
        f"question {two.post_id}: support_count is 7, counted 2",
    }
    assert set(recount_sessions()) == wrong == set(recount_sessions(fix=True))
    db.session.expire_all()
    assert not list(recount_sessions())
