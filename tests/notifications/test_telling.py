"""Who is told of a published post: each once, by what concerns them most; never the author, never of a held post."""

import contextvars
import threading

from forum.core import markup
from forum.core.database import db, transaction
from forum.notifications import actions as notices
from forum.notifications.actions import Notice, tell_all
from forum.notifications.models import Notification, Watch
from forum.threads import actions, states
from forum.threads.models import Post


def test_a_reply_tells_the_threads_author_and_not_the_writer(thread, alice, ann, mallory, work, told):
    post = actions.post_reply(thread, mallory, "I wonder too.")
    work()
    assert ("reply", post.id) in told(alice)
    assert told(mallory) == []
    assert ("watch", post.id) in told(ann), "she has replied, so she follows the thread"


def test_an_answer_to_a_post_tells_its_author(thread, alice, ann, mallory, work, told):
    first = actions.post_reply(thread, mallory, "Where is that rule?")
    work()
    answer = actions.post_reply(thread, alice, "In the March issue.", parent=first)
    work()
    assert told(mallory) == [("reply", answer.id)]
    assert answer.id not in [post_id for kind, post_id in told(alice)]


def test_a_mention_tells_whoever_is_named_once(thread, bob, ann, mallory, work, told):
    post = actions.post_reply(thread, mallory, "What does @bob say? And @ann? @bob!")
    work()
    assert told(bob) == [("mention", post.id)]
    assert [kind for kind, post_id in told(ann) if post_id == post.id] == ["mention"], "stronger than following"


def test_a_quotation_tells_whoever_is_quoted(thread, alice, ann, mallory, work, told):
    quoted = actions.post_reply(thread, mallory, "Only the platform knows.")
    words = markup.quote("mallory", quoted.id, quoted.body) + "\nDo they?"
    post = actions.post_reply(thread, ann, words)
    work()
    assert [kind for kind, post_id in told(mallory) if post_id == post.id] == ["quote"]


def test_quoting_oneself_or_a_hidden_post_tells_nobody(thread, ann, mallory, bob, work, told):
    quoted = actions.post_reply(thread, mallory, "Only the platform knows.")
    work()
    states.hide_post(quoted, by=bob, rule="abuse")
    before = told(mallory)
    actions.post_reply(thread, ann, markup.quote("mallory", quoted.id, "Only the platform knows.") + "\nDo they?")
    work()
    assert "quote" not in [kind for kind, _ in told(mallory)[len(before) :]]


def test_an_experts_answer_is_told_as_one(pinned, alice, ann, dr_chen, work, told):
    from forum.experts.queries import in_force_of

    (credential,) = in_force_of(dr_chen)
    work()
    post = actions.post_reply(pinned, dr_chen, "By Article 24, yes.", credential=credential)
    work()
    assert ("answer", post.id) in told(alice) and ("answer", post.id) in told(ann)


def test_a_held_post_tells_nobody_until_it_is_published(thread, alice, newbie, bob, work, told):
    work()
    before = told(alice)
    post = actions.post_reply(thread, newbie, "Hello @alice.")
    work()
    assert told(alice) == before
    states.publish_held(post, by=bob)
    work()
    assert told(alice) == [*before, ("mention", post.id)]


def test_a_post_removed_before_the_worker_came_tells_nobody(thread, alice, mallory, bob, work, told):
    work()
    before = told(alice)
    post = actions.post_reply(thread, mallory, "Buy shoes, @alice.")
    states.remove_post(post, by=bob, rule="spam")
    work()
    assert told(alice) == before
    states.restore_post(post, by=bob)
    work()
    assert told(alice) == [*before, ("mention", post.id)], "it is owed until it was seen"


def test_replies_of_a_removed_thread_tell_nobody(thread, alice, ann, mallory, bob, work, told):
    work()
    before = told(ann)
    post = actions.post_reply(thread, mallory, "Hello @ann.")
    opening = db.session.scalar(db.select(Post).where(Post.thread_id == thread.id, Post.position == 1))
    states.remove_post(opening, by=bob, rule="spam")
    work()
    assert told(ann) == before
    assert db.session.get(Post, post.id, populate_existing=True).notified_at, "and nothing is owed for ever"


def test_telling_twice_makes_one_notice(thread, alice, mallory, work, told):
    post = actions.post_reply(thread, mallory, "I wonder too.")
    work()
    before = told(alice)
    notices.tell_of_post(post.id)
    with transaction():
        db.session.get(Post, post.id).notified_at = None  # as if a crash had forgotten it
    work()
    assert told(alice) == before


def test_two_workers_at_once_tell_once(app, thread, alice, mallory, told):
    post = actions.post_reply(thread, mallory, "I wonder too.")
    start, post_id = threading.Barrier(2), post.id
    db.session.rollback()

    def tell():
        with app.app_context():
            start.wait()
            notices.tell_of_post(post_id)

    workers = [threading.Thread(target=contextvars.Context().run, args=(tell,)) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert told(alice) == [("reply", post_id)]


def test_followers_hear_once_until_they_look(thread, ann, mallory, work, told):
    work()
    for number in range(3):
        actions.post_reply(thread, mallory, f"And {number}?")
    work()
    assert [kind for kind, _ in told(ann)] == ["watch"]
    notices.mark_read(ann.id)
    actions.post_reply(thread, mallory, "Anybody?")
    work()
    assert [kind for kind, _ in told(ann)] == ["watch", "watch"]


def test_who_muted_a_thread_hears_only_what_is_meant_for_them(thread, alice, ann, mallory, work, told):
    work()
    before = told(alice)
    notices.mute(ann.id, thread.id)
    notices.mute(alice.id, thread.id)
    actions.post_reply(thread, mallory, "And now?")
    work()
    assert told(ann) == [] and told(alice) == before
    post = actions.post_reply(thread, mallory, "What does @ann say?")
    work()
    assert told(ann) == [("mention", post.id)]


def test_writing_makes_one_a_follower(thread, alice, ann, mallory, work):
    actions.post_reply(thread, mallory, "I wonder too.")
    work()
    followers = set(db.session.scalars(db.select(Watch.user_id).where(Watch.thread_id == thread.id)))
    assert followers == {alice.id, ann.id, mallory.id}


def test_a_suspended_persons_notices_wait_for_them(thread, sam, mallory, work, told):
    post = actions.post_reply(thread, mallory, "Where is @sam?")
    work()
    assert told(sam) == [("mention", post.id)]


def test_who_is_not_there_can_not_be_told(work):
    notices.tell_of_post(4_711)
    notices.tell_of_credential(4_711)
    assert db.session.query(Notification).count() == 0


def test_one_post_that_fails_does_not_keep_the_others_waiting(thread, alice, mallory, work, told, monkeypatch):
    broken = actions.post_reply(thread, mallory, "One.")
    fine = actions.post_reply(thread, mallory, "Two.")
    own = notices._concerned

    def fails_once(where, post):
        if post.id == broken.id:
            raise RuntimeError("broken on purpose")
        return own(where, post)

    monkeypatch.setattr(notices, "_concerned", fails_once)
    work()
    assert ("reply", fine.id) in told(alice) and ("reply", broken.id) not in told(alice)
    monkeypatch.undo()
    work()
    assert ("reply", broken.id) in told(alice)


def test_telling_reads_of_people_only_what_their_nights_need(alice, ann, mallory, statements):
    """Not their biographies: one post may concern hundreds."""
    notices = [Notice(person.id, "mention", f"post:{person.id}") for person in (alice, ann, mallory)]
    with statements() as seen:
        tell_all(notices)
    asked = [statement for statement in seen if "FROM users" in statement]
    assert len(asked) == 1 and "bio" not in asked[0] and "password_hash" not in asked[0]
