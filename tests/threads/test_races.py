"""Many at once, in real threads: places without gaps, counters that equal a recount, one post for one form."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from forum.accounts.models import User
from forum.core.audit import AuditEntry
from forum.core.database import db
from forum.core.errors import Refused
from forum.subthemes.models import SubTheme
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post, Thread
from forum.threads.recount import recount

AT_ONCE = 20


def at_once(app: Any, works: list[Callable[[], Any]]) -> list[Any]:
    """Run all works at the same moment, each in a thread with a session of its own; return results and errors."""
    results: list[Any] = [None] * len(works)
    start = threading.Barrier(len(works))

    def run(index: int) -> None:
        with app.app_context():
            start.wait()
            try:
                results[index] = works[index]()
            except Exception as error:
                results[index] = error
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(works))]
    db.session.rollback()
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    db.session.expire_all()
    return results


def reply(thread_id: int, author_id: int, body: str, token: str | None = None) -> int:
    thread, author = db.session.get(Thread, thread_id), db.session.get(User, author_id)
    return actions.post_reply(thread, author, body, form_token=token).id


def no_drift() -> list[str]:
    """Return every counter that is wrong; the fixtures' people come with a history that has no posts."""
    return [str(fault) for fault in recount() if fault.counter != "published_count"]


def test_twenty_replies_take_twenty_places(app, thread, alice, ann):
    ids, before = thread.id, {who: db.session.get(User, who).published_count for who in (alice.id, ann.id)}
    alice_id, ann_id = alice.id, ann.id
    works = [lambda n=n: reply(ids, (alice_id, ann_id)[n % 2], f"Reply {n}") for n in range(AT_ONCE)]
    results = at_once(app, works)
    assert all(isinstance(result, int) for result in results), results
    places = [place for (place,) in db.session.query(Post.position).filter_by(thread_id=ids).order_by(Post.position)]
    assert places == list(range(1, AT_ONCE + 4))
    assert thread.reply_count == AT_ONCE + 2 and thread.subtheme.post_count == AT_ONCE + 3
    assert {who: db.session.get(User, who).published_count - before[who] for who in before} == {
        alice_id: AT_ONCE // 2,
        ann_id: AT_ONCE // 2,
    }
    assert no_drift() == []


def test_one_form_sent_many_times_at_once_makes_one_post(app, thread, ann):
    thread_id, ann_id = thread.id, ann.id
    results = at_once(app, [lambda: reply(thread_id, ann_id, "Once", "t" * 24)] * 8)
    assert len(set(results)) == 1 and isinstance(results[0], int), results
    assert db.session.get(Thread, thread_id).reply_count == 3 and no_drift() == []


def test_one_form_sent_many_times_at_once_starts_one_thread(app, subtheme, ann):
    subtheme_id, ann_id = subtheme.id, ann.id

    def start() -> int:
        place, author = db.session.get(SubTheme, subtheme_id), db.session.get(User, ann_id)
        return actions.start_thread(place, author, "Once", "Only", form_token="t" * 24).id

    results = at_once(app, [start] * 8)
    assert len(set(results)) == 1 and isinstance(results[0], int), results
    assert db.session.query(Thread).count() == db.session.query(Post).count() == 1 and no_drift() == []


def test_replies_edits_moves_and_decisions_at_once_leave_right_counters(app, thread, alice, ann, bob):
    thread_id, alice_id, ann_id, bob_id = thread.id, alice.id, ann.id, bob.id
    opening, first, second = (post.id for post in db.session.query(Post).order_by(Post.id))

    def person(user_id: int) -> User:
        return db.session.get(User, user_id)

    def post(post_id: int) -> Post:
        return db.session.get(Post, post_id)

    def elsewhere() -> bool:
        target = db.session.query(SubTheme).filter_by(slug="law-online").one()
        return staff_actions.move(db.session.get(Thread, thread_id), target, person(bob_id))

    works = [
        *[lambda n=n: reply(thread_id, (alice_id, ann_id)[n % 2], f"Reply {n}") for n in range(6)],
        lambda: states.hide_post(post(first), person(bob_id), "r1"),
        lambda: states.remove_post(post(first), person(bob_id), "r1"),
        lambda: states.restore_post(post(first), person(bob_id)),
        lambda: actions.delete_post(post(second), person(ann_id)),
        lambda: actions.edit_post(post(opening), person(alice_id), "Changed", "Changed title"),
        elsewhere,
    ]
    results = at_once(app, works)
    surprises = [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]
    assert surprises == [] and no_drift() == []


@pytest.mark.parametrize("act", [staff_actions.pin, staff_actions.lock])
def test_two_moderators_at_once_make_one_entry_in_the_log(app, thread, bob, bea, act):
    thread_id, ids = thread.id, (bob.id, bea.id)
    works = [lambda n=n: act(db.session.get(Thread, thread_id), db.session.get(User, ids[n % 2])) for n in range(6)]
    results = at_once(app, works)
    assert sorted(map(str, results)) == ["False"] * 5 + ["True"]
    assert db.session.query(AuditEntry).filter_by(target=f"thread:{thread_id}").count() == 1
