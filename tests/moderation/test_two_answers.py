"""Two moderators answer one appeal at the same moment: one answer, one notice, one state of the post (issue 4)."""

import contextvars
import os
import threading

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core import chain
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Conflict
from forum.mail.models import Mail
from forum.notifications.models import Notification
from forum.threads import actions
from forum.threads.models import Post, Thread
from moderation import decisions, flags
from moderation.appeals import actions as appeals
from moderation.appeals.models import Appeal
from moderation.models import Strike

ROUNDS = int(os.environ.get("ROUNDS", "20"))  # 200 show issue 4: ROUNDS=200 pytest THIS


def test_one_answer_whoever_is_faster(app, thread, alice, ann, bob, bea, carol):
    posts = [actions.post_reply(thread, ann, f"Reply number {number}.") for number in range(ROUNDS)]
    made = [
        decisions.decide(flags.flag_post(post, alice, "abuse").case_id, bob, "remove", "So.", "abuse") for post in posts
    ]
    filed = [appeals.file(each.id, ann, "It is no insult.").id for each in made]
    thread_id, author_id, first_id = thread.id, ann.id, bob.id
    published = db.session.get(User, author_id, populate_existing=True).published_count
    outcomes = [both_answer(app, appeal_id, bea.id, carol.id) for appeal_id in filed]

    assert all(sorted(results) == ["answered", "conflict"] for results in outcomes), outcomes
    db.session.rollback()
    answered = db.session.scalars(select(Appeal)).all()
    assert sorted(each.id for each in answered) == filed and not any(each.is_open for each in answered)
    overturned = sum(each.state == "overturned" for each in answered)
    assert {each.decider_id for each in answered if each.state == "overturned"} <= {bea.id}
    assert db.session.scalar(select(func.count(Strike.id)).where(Strike.overruled_at.is_not(None))) == overturned
    assert count(Notification, Notification.user_id == author_id, Notification.kind == "appeal_decided") == ROUNDS
    assert count(Notification, Notification.user_id == first_id, Notification.kind == "appeal_of_yours") == ROUNDS
    assert count(Mail, Mail.template == "appeal_decided") == ROUNDS
    assert count(AuditEntry, AuditEntry.act.like("appeal.%")) == ROUNDS
    assert db.session.get(Thread, thread_id, populate_existing=True).reply_count == 2 + overturned
    assert db.session.get(User, author_id, populate_existing=True).published_count == published + overturned
    states = db.session.scalars(select(Post.state).where(Post.id.in_([post.id for post in posts]))).all()
    assert states.count("visible") == overturned
    assert chain.first_fault() is None


def count(model, *conditions):
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions))


def both_answer(app, appeal_id, first_id, second_id):
    """Return what became of two answers sent at the same moment, overturn against uphold."""
    start, results = threading.Barrier(2), []

    def answer(user_id, outcome):
        with app.app_context():
            by = db.session.get(User, user_id)
            start.wait()
            try:
                appeals.decide(appeal_id, by, outcome, "Because.")
                results.append("answered")
            except Conflict:
                results.append("conflict")

    workers = [
        threading.Thread(target=contextvars.Context().run, args=(answer, first_id, appeals.OVERTURN)),
        threading.Thread(target=contextvars.Context().run, args=(answer, second_id, appeals.UPHOLD)),
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    return results
