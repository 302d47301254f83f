""" "I ask this too": each person once, also when hundreds press at the same time."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, insert, select

from forum.accounts.models import User
from forum.asking import asked, supporting, triage
from forum.asking.models import Question, QuestionSupport
from forum.asking.supporting import support
from forum.core.database import db, now, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.threads import states
from forum.threads.models import Post
from tests.people import make_person

PRESSES = int(os.environ.get("ROUNDS", "150"))  # 500: 27 s on SQLite, 43 s on PostgreSQL, at a load of 8


def counted(question_id):
    db.session.rollback()
    db.session.expire_all()
    rows = select(func.count()).select_from(QuestionSupport).where(QuestionSupport.question_id == question_id)
    return db.session.get(Question, question_id).support_count, db.session.scalar(rows)


def test_each_person_counts_once_and_can_take_it_back(session, at, ask, alice, ann, sam, bob):
    at("collecting")
    question = ask(alice).post_id
    assert counted(question) == (1, 1)  # its author asks it
    assert support(question, ann) and not support(question, ann) and not support(question, alice)
    assert counted(question) == (2, 2) and asked.asked_too(ann, [question]) == {question}
    assert support(question, ann, wanted=False) and not support(question, ann, wanted=False)
    assert counted(question) == (1, 1)
    with pytest.raises(Refused, match="yourself"):
        support(question, alice, wanted=False)
    with pytest.raises(Forbidden):
        support(question, sam)
    states.hide_post(db.session.get(Post, question), bob, "r2")
    with pytest.raises(NotFound):
        support(question, ann)


def test_hundreds_press_at_once_on_ten_questions(app, session, at, person):
    at("collecting")
    asker = make_person("asker")
    with transaction() as writer:
        session_id, thread_id = session.id, session.thread_id
        posts = [
            Post(thread_id=thread_id, author_id=asker.id, position=10 + n, body="Q", html="<p>Q</p>", plain="Q",
                 render_version=1, notified_at=now())
            for n in range(10)
        ]  # fmt: skip
        writer.add_all(posts)
        writer.flush()
        writer.add_all(Question(post_id=post.id, session_id=session_id) for post in posts)
        writer.flush()
        writer.add_all(QuestionSupport(question_id=post.id, user_id=asker.id) for post in posts)
        ids = [post.id for post in posts]
        people = [
            {"username": f"p{n}", "username_key": f"p{n}", "email": f"p{n}@example.org", "email_key": f"p{n}@e.org",
             "password_hash": "x", "standing": asker.standing}
            for n in range(PRESSES)
        ]  # fmt: skip
        writer.execute(insert(User), people)
    names = select(User.id).where(User.username.like("p%"), User.email_key.like("%@e.org"))
    user_ids = list(db.session.scalars(names))
    start = threading.Barrier(4)

    def press(part):
        with app.app_context():
            start.wait()
            for user_id in user_ids[part::4]:
                person = db.session.get(User, user_id)
                for _ in range(2 if user_id % 5 == 0 else 1):  # every fifth presses twice
                    support(ids[user_id % 10], person)
            db.session.remove()
        return True

    db.session.remove()
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(press, range(4)))
    expected = {question: 1 + sum(user_id % 10 == n for user_id in user_ids) for n, question in enumerate(ids)}
    assert {question: counted(question)[0] for question in ids} == expected
    assert all(counted(question)[0] == counted(question)[1] for question in ids)


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nobody_leaves_a_question_that_was_merged_since_they_looked(at, ask, alice, ann, mallory, bob):
    at("collecting")
    one, two = ask(alice, "Who checks?"), ask(ann, "Who is it that checks?")
    support(two.post_id, mallory)
    triage.merge([two.post_id], one.post_id, bob)
    with pytest.raises(Refused), transaction() as writer:  # what `support` does once the question is found open
        supporting._withdraw(writer, db.session.get(Question, two.post_id), mallory.id)
    assert asked.people_asking(one.post_id) == {alice.id, ann.id, mallory.id} and counted(one.post_id)[0] == 3
