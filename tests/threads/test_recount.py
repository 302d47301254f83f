"""Counting again: every wrong counter is named, set right on wish, and no right one is touched."""

import pytest

from forum.core.database import db, transaction
from forum.threads import actions, states
from forum.threads import recount as module
from forum.threads.models import Post, Thread
from forum.threads.recount import recount


@pytest.fixture
def right(thread, alice, ann, bob) -> None:
    """Counters as they should be: the people's made-up history is set to what they wrote here."""
    list(recount(fix=True))


def test_a_right_forum_has_no_faults(right, thread, ann, alice, bob, newbie):
    held = actions.post_reply(thread, newbie, "Hello")
    states.remove_post(db.session.get(Post, 2), bob, "r2")
    actions.delete_post(db.session.get(Post, 3), ann)
    states.publish_held(held, bob)
    states.hide_post(held, bob, "r2")
    assert list(map(str, recount())) == []


@pytest.mark.parametrize("counter", ["reply_count", "expert_answer_count", "last_position"])
def test_a_wrong_thread_is_named_and_set_right(right, thread, counter):
    value = getattr(thread, counter)
    with transaction():
        setattr(thread, counter, value + 5)
    named = f"thread {thread.id}: {counter} is {value + 5}, counted {value}"
    assert list(map(str, recount())) == [named]
    assert list(map(str, recount(fix=True))) == [named]
    assert list(recount()) == [] and getattr(thread, counter) == value


def test_a_wrong_latest_activity_is_named(right, thread, alice):
    right_moment = thread.last_post_at
    with transaction():
        thread.last_post_at, thread.last_author_id = thread.created_at, alice.id
    assert [fault.counter for fault in recount(fix=True)] == ["last_post_at", "last_author_id"]
    assert thread.last_post_at == right_moment


def test_wrong_sub_themes_and_people_are_named(right, thread, ann):
    with transaction():
        thread.subtheme.thread_count, thread.subtheme.post_count, ann.published_count = 7, 8, 9
    assert sorted(str(fault).partition(": ")[2] for fault in recount()) == [
        "post_count is 8, counted 3", "published_count is 9, counted 2", "thread_count is 7, counted 1",
    ]  # fmt: skip
    list(recount(fix=True))
    assert list(recount()) == []


def test_counting_leaves_everything_as_it_is(right, thread):
    with transaction():
        thread.reply_count = 9
    list(recount())
    assert thread.reply_count == 9


def test_it_goes_in_batches(right, alice, subtheme, monkeypatch, statements):
    for number in range(5):
        actions.start_thread(subtheme, alice, f"Thread {number}", "Text")
    monkeypatch.setattr(module, "BATCH", 2)
    with transaction() as session:
        session.query(Thread).filter(Thread.id > 1).update({"reply_count": 3})
    assert [fault.row for fault in recount()] == [f"thread {number}" for number in range(2, 7)]
