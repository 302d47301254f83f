"""Deleting an own post: a placeholder stays; a thread without replies goes."""

import pytest

from forum.core.database import db
from forum.core.errors import Forbidden
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post


def url(thread) -> str:
    return f"/threads/{thread.id}/{thread.slug}"


def test_ann_deletes_her_reply(as_, client, ann, thread):
    c = as_(ann)
    assert "There is a rule" in c.get("/posts/2/delete").text
    answer = c.send("/posts/2/delete")
    assert answer.status_code == 303 and answer.location.endswith("#post-2")
    post = db.session.get(Post, 2)
    assert (post.state, post.state_by_id, post.position) == ("deleted", ann.id, 2) and post.state_at
    assert (thread.reply_count, thread.last_position, thread.subtheme.post_count) == (1, 3, 2)
    for reader in (client, c):
        page = reader.get(url(thread)).text
        assert 'id="post-2"' in page and "Deleted by its author." in page and "There is a rule" not in page


def test_the_last_reply_takes_the_latest_activity_with_it(app, ann, thread):
    first, last = db.session.get(Post, 2), db.session.get(Post, 3)
    assert thread.last_post_at == last.published_at
    actions.delete_post(last, ann)
    assert thread.last_post_at == first.published_at and thread.last_author_id == ann.id


def test_asking_changes_nothing(as_, ann, thread):
    as_(ann).get("/posts/2/delete")
    assert db.session.get(Post, 2).state == "visible"


def test_twice_is_once(as_, ann, thread):
    c = as_(ann)
    c.send("/posts/2/delete")
    assert c.send("/posts/2/delete").status_code == 303
    assert thread.reply_count == 1 and c.get("/posts/2/delete").status_code == 403


def test_an_opening_with_replies_leaves_the_thread(as_, client, alice, thread):
    assert as_(alice).send("/posts/1/delete").status_code == 303
    assert thread.state == "visible" and (thread.subtheme.thread_count, thread.subtheme.post_count) == (1, 2)
    page = client.get(url(thread)).text
    assert "Who checks the ranking?" in page and "Nobody tells us" not in page and "There is a rule" in page


def test_an_opening_without_replies_takes_the_thread_along(as_, client, alice, subtheme):
    thread = actions.start_thread(subtheme, alice, "Alone", "Nobody came.")
    c = as_(alice)
    assert "the whole thread will be gone" in c.get("/posts/1/delete").text
    assert c.send("/posts/1/delete").location == "/subthemes/data-and-algorithms"
    assert thread.state == "deleted" and (subtheme.thread_count, subtheme.post_count) == (0, 0)
    for reader in (client, c):
        assert reader.get(url(thread)).status_code == 404
        assert reader.get("/posts/1").status_code == 404
        assert reader.get("/posts/1/revisions").status_code == 404
        assert "Alone" not in reader.get("/subthemes/data-and-algorithms").text


@pytest.mark.parametrize("who", ["mallory", "alice", "bob", "carol"])
def test_nobody_deletes_anothers_words(as_, request, thread, who):
    c = as_(request.getfixturevalue(who))
    assert c.get("/posts/2/delete").status_code == 403 and c.send("/posts/2/delete").status_code == 403
    assert db.session.get(Post, 2).state == "visible"


def test_a_stranger_is_asked_to_sign_in(client, thread):
    assert client.get("/posts/2/delete").status_code == 303 and client.send("/posts/2/delete").status_code == 401


def test_a_lock_does_not_hold_words_back(app, ann, bob, thread):
    staff_actions.lock(thread, by=bob)
    assert actions.delete_post(db.session.get(Post, 2), ann)


@pytest.mark.parametrize("change", [states.hide_post, states.remove_post])
def test_what_a_moderator_decided_is_not_the_authors_to_undo(app, ann, bob, thread, change):
    post = db.session.get(Post, 2)
    change(post, bob, "r1")
    with pytest.raises(Forbidden):
        actions.delete_post(post, ann)


def test_a_held_post_can_be_taken_back(as_, newbie, bob, thread):
    held = actions.post_reply(thread, newbie, "Hello")
    c = as_(newbie)
    assert c.send(f"/posts/{held.id}/delete").location == url(thread)
    assert held.state == "deleted" and thread.reply_count == 2
    assert "Hello" not in c.get(url(thread)).text and states.publish_held(held, bob) is False


def test_a_deleted_post_stays_deleted(app, ann, bob, thread):
    post = db.session.get(Post, 2)
    actions.delete_post(post, ann)
    assert not states.remove_post(post, bob, "r1")
    assert not states.hide_post(post, bob, "r1")
    assert not states.restore_post(post, bob)
    assert post.state == "deleted"
