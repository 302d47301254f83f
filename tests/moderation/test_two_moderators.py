"""Two moderators decide one case at the same moment: one decision, one notice, right counters (checks.md M-3)."""

import contextvars
import os
import threading

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core import chain
from forum.core.database import db
from forum.core.errors import Conflict
from forum.notifications.models import Notification
from forum.threads import actions
from forum.threads.models import Post, Thread
from moderation import decisions, flags
from moderation.models import Decision, Strike

ROUNDS = int(os.environ.get("ROUNDS", "20"))  # 200 show issue 4: ROUNDS=200 pytest THIS


def test_one_decision_whoever_is_faster(app, thread, alice, ann, bob, bea):
    posts = [actions.post_reply(thread, ann, f"Reply number {number}.") for number in range(ROUNDS)]
    case_ids = [flags.flag_post(post, alice, "abuse").case_id for post in posts]
    thread_id, author_id, published = thread.id, ann.id, db.session.get(User, ann.id).published_count
    told_before = notices_of(author_id)
    outcomes = [both_decide(app, case_id, bob.id, bea.id) for case_id in case_ids]

    assert all(sorted(results) == ["conflict", "decided"] for results in outcomes), outcomes
    db.session.rollback()
    made = db.session.scalars(select(Decision)).all()
    assert sorted(decision.case_id for decision in made) == sorted(case_ids)
    removed = sum(decision.outcome == "remove" for decision in made)
    assert db.session.scalar(select(func.count(Strike.id))) == removed
    assert notices_of(author_id) == told_before + ROUNDS
    assert db.session.get(Thread, thread_id, populate_existing=True).reply_count == 2 + ROUNDS - removed
    assert db.session.get(User, author_id, populate_existing=True).published_count == published - removed
    states = db.session.scalars(select(Post.state).where(Post.id.in_([post.id for post in posts]))).all()
    assert states.count("removed") == removed
    assert chain.first_fault() is None


def notices_of(user_id):
    db.session.rollback()
    query = select(func.count(Notification.id)).where(Notification.user_id == user_id, Notification.kind == "decision")
    return db.session.scalar(query)


def both_decide(app, case_id, first_id, second_id):
    """Return what became of two decisions sent at the same moment, approve against remove."""
    start, results = threading.Barrier(2), []

    def decide(user_id, outcome):
        with app.app_context():
            by = db.session.get(User, user_id)
            start.wait()
            try:
                decisions.decide(case_id, by, outcome, "Because.", rule="abuse")
                results.append("decided")
            except Conflict:
                results.append("conflict")

    workers = [
        threading.Thread(target=contextvars.Context().run, args=(decide, first_id, "keep")),
        threading.Thread(target=contextvars.Context().run, args=(decide, second_id, "remove")),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    return results
