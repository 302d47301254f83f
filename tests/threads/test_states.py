"""Held, published, hidden, removed, restored: who sees what, and every counter there and back."""

import pytest

from forum.core import signals
from forum.core.database import db, transaction
from forum.threads import actions, reasons, states
from forum.threads.models import Post
from forum.threads.recount import recount
from tests.discussions import opening_of


def counters(thread) -> tuple[int, ...]:
    return (
        thread.reply_count, thread.expert_answer_count, thread.subtheme.thread_count, thread.subtheme.post_count,
    )  # fmt: skip


def no_drift() -> list[str]:
    return [str(fault) for fault in recount() if fault.counter != "published_count"]


def page(reader, thread) -> str:
    answer = reader.get(f"/threads/{thread.id}/{thread.slug}")
    return answer.text if answer.status_code == 200 else ""


def test_a_newcomers_reply_is_held(as_, client, newbie, alice, bob, thread):
    before = (counters(thread), newbie.published_count, thread.last_post_at)
    held = actions.post_reply(thread, newbie, "My first words")
    assert (held.state, held.state_reason, held.position, held.published_at) == ("held", "newcomer", None, None)
    assert (counters(thread), newbie.published_count, thread.last_post_at) == before
    own = page(as_(newbie), thread)
    assert "My first words" in own and "Held for review" in own and "first posts of a new account" in own
    assert "My first words" in page(as_(bob), thread)
    for reader in (client, as_(alice)):
        assert f'id="post-{held.id}"' not in page(reader, thread)
        assert reader.get(f"/posts/{held.id}").status_code == 404
        assert reader.get(f"/posts/{held.id}/quote").status_code == 404
        assert reader.get(f"/posts/{held.id}/revisions").status_code == 404
    assert as_(newbie).get(f"/posts/{held.id}").location.endswith(f"#post-{held.id}")


def test_it_takes_its_place_when_published(app, newbie, alice, bob, thread):
    held = actions.post_reply(thread, newbie, "My first words")
    actions.post_reply(thread, alice, "Meanwhile")
    seen = []
    with signals.post_published.connected_to(lambda _, **facts: seen.append(facts["post_id"])):
        assert states.publish_held(held, bob) is True
        assert states.publish_held(held, bob) is False
    assert seen == [held.id]
    assert (held.state, held.position, held.state_reason, held.state_by_id) == ("visible", 5, "", bob.id)
    assert held.notified_at is None and held.index_version > held.indexed_version
    assert thread.last_post_at == held.published_at and thread.last_author_id == newbie.id
    assert newbie.published_count == 1 and thread.reply_count == 4 and no_drift() == []


def test_a_newcomers_thread_is_held_whole(as_, client, newbie, alice, bob, subtheme):
    thread = actions.start_thread(subtheme, newbie, "My first thread", "Hello")
    opening = opening_of(thread)
    assert (thread.state, opening.state, subtheme.thread_count) == ("held", "held", 0)
    assert "Hello" in page(as_(newbie), thread) and "Hello" in page(as_(bob), thread)
    assert page(client, thread) == page(as_(alice), thread) == ""
    assert "waits for review" in page(as_(newbie), thread)
    assert as_(newbie).send(f"/threads/{thread.id}/posts", body="Bump").status_code == 403
    assert states.publish_held(opening, bob)
    assert (thread.state, opening.position, subtheme.thread_count, subtheme.post_count) == ("visible", 1, 1, 1)
    assert "Hello" in page(client, thread) and no_drift() == []


@pytest.mark.parametrize("change", [states.hide_post, states.remove_post])
def test_a_reply_goes_and_comes_back_exactly(app, bob, thread, change):
    post, before = db.session.get(Post, 3), counters(thread)
    activity, place = thread.last_post_at, post.position
    assert change(post, bob, "r2") is True
    assert change(post, bob, "r2") is False
    assert (post.state_reason, post.state_by_id, post.position) == ("r2", bob.id, place)
    assert counters(thread) == (1, 0, 1, 2) and thread.last_post_at < activity and no_drift() == []
    assert states.restore_post(post, bob) is True
    assert states.restore_post(post, bob) is False
    assert counters(thread) == before and thread.last_post_at == activity and no_drift() == []
    assert (post.position, post.state_reason) == (place, "")


@pytest.mark.parametrize("change", [states.hide_post, states.remove_post])
def test_an_opening_takes_its_thread_along_and_back(as_, client, alice, ann, bob, thread, change):
    opening, before = db.session.get(Post, 1), counters(thread)
    owed = [post.index_version for post in db.session.query(Post).order_by(Post.id)]
    change(opening, bob, "r2")
    assert thread.state == opening.state and counters(thread)[2:] == (0, 0) and no_drift() == []
    now_owed = [post.index_version for post in db.session.query(Post).order_by(Post.id)]
    assert all(new > old for new, old in zip(now_owed, owed, strict=True))
    assert page(client, thread) == page(as_(ann), thread) == ""
    assert client.get("/posts/2").status_code == 404
    assert page(as_(bob), thread)
    assert bool(page(as_(alice), thread)) == (change is states.hide_post)
    states.restore_post(opening, bob)
    assert counters(thread) == before and page(client, thread) and no_drift() == []


def test_what_readers_see_of_a_hidden_and_a_removed_reply(as_, client, ann, bob, thread):
    states.hide_post(db.session.get(Post, 2), bob, "newcomer")
    states.remove_post(db.session.get(Post, 3), bob, "r2")
    anonymous = page(client, thread)
    assert "Hidden by a moderator." in anonymous and "Removed by a moderator." in anonymous
    assert "Rule:" in anonymous  # the name that stands in reasons.NAMES
    assert "There is a rule" not in anonymous and "推荐的主要依据" not in anonymous
    authors = page(as_(ann), thread)
    assert "There is a rule" in authors and "推荐的主要依据" not in authors
    moderators = page(as_(bob), thread)
    assert "There is a rule" in moderators and "推荐的主要依据" in moderators


def test_a_held_post_can_be_removed_and_brought_back(as_, newbie, bob, thread):
    held = actions.post_reply(thread, newbie, "Buy my watches")
    assert states.remove_post(held, bob, "r5")
    assert held.position is None and thread.reply_count == 2
    assert "Buy my watches" not in page(as_(newbie), thread)
    assert states.restore_post(held, bob)
    assert held.position == 4 and thread.reply_count == 3 and no_drift() == []


def test_a_held_thread_can_be_removed_and_brought_back(app, newbie, bob, subtheme):
    thread = actions.start_thread(subtheme, newbie, "Watches", "Cheap")
    opening = opening_of(thread)
    states.remove_post(opening, bob, "r5")
    assert (thread.state, subtheme.thread_count) == ("removed", 0)
    states.restore_post(opening, bob)
    assert (thread.state, opening.position, subtheme.thread_count) == ("visible", 1, 1) and no_drift() == []


def test_a_reply_published_in_a_hidden_thread_is_counted_when_it_returns(app, newbie, bob, thread):
    held, opening = actions.post_reply(thread, newbie, "Hello"), db.session.get(Post, 1)
    states.hide_post(opening, bob, "r2")
    states.publish_held(held, bob)
    assert thread.subtheme.post_count == 0 and no_drift() == []
    states.restore_post(opening, bob)
    assert thread.subtheme.post_count == 4 and no_drift() == []


def test_a_hidden_post_can_be_removed_but_a_removed_one_not_hidden(app, bob, thread):
    post = db.session.get(Post, 2)
    states.hide_post(post, bob, "r2")
    assert states.remove_post(post, bob, "r3") and post.state_reason == "r3"
    assert not states.hide_post(post, bob, "r2") and thread.reply_count == 1


def test_states_join_the_callers_transaction(app, bob, thread):
    post = db.session.get(Post, 2)
    with pytest.raises(RuntimeError), transaction():
        states.remove_post(post, bob, "r2")
        raise RuntimeError("the decision could not be written")
    db.session.expire_all()
    assert post.state == "visible" and thread.reply_count == 2


def test_a_repeated_change_writes_nothing(app, bob, thread, statements):
    post = db.session.get(Post, 2)
    states.hide_post(post, bob, "r2")
    with statements() as seen:
        states.hide_post(post, bob, "r2")
    assert not [one for one in seen if not one.lstrip().startswith("SELECT")]


def test_the_words_to_describe_reasons_can_be_extended(monkeypatch, client, bob, thread):
    monkeypatch.setitem(reasons.NAMES, "r2", "Attack the argument, not the person")
    states.remove_post(db.session.get(Post, 2), bob, "r2")
    assert "Rule: Attack the argument, not the person." in page(client, thread)
