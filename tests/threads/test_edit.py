"""Changing an own post: the former text is kept, nobody else may, and nothing is exchanged unseen."""

import pytest

from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, Refused
from forum.threads import actions, screening, staff_actions, states
from forum.threads.models import Post, PostMention, Revision
from forum.threads.screening import Draft, Verdict


@pytest.fixture
def opening(thread) -> Post:
    return db.session.query(Post).filter_by(thread_id=thread.id, position=1).one()


@pytest.fixture
def replied(thread) -> Post:
    return db.session.query(Post).filter_by(thread_id=thread.id, position=2).one()


@pytest.fixture
def plugged(monkeypatch):
    """`plugged(screener)`: only this one screens."""
    return lambda screener: monkeypatch.setattr(screening, "screeners", [screener])


def test_ann_changes_her_reply(as_, ann, thread, replied):
    owed = replied.index_version
    c = as_(ann)
    assert "There is a rule" in c.get("/posts/2/edit").text
    answer = c.send("/posts/2/edit", body="There is a **law** about it.", revision="1")
    assert answer.status_code == 303 and answer.location.endswith("#post-2")
    assert replied.body == "There is a **law** about it." and "<strong>law</strong>" in replied.html
    assert replied.revision == 2 and replied.edited_at and replied.index_version == owed + 1
    kept = db.session.query(Revision).one()
    assert (kept.number, kept.body, kept.title, kept.replaced_by_id) == (
        1, "There is a rule about it since March.", None, ann.id,
    )  # fmt: skip
    assert thread.last_position == 3 and thread.reply_count == 2


def test_alice_changes_title_and_text_of_her_thread(as_, alice, thread, opening):
    owed = [post.index_version for post in db.session.query(Post).order_by(Post.id)]
    c = as_(alice)
    answer = c.send("/posts/1/edit", title="谁来检查排序？", body="Nobody tells us.", revision="1")
    assert answer.location.startswith(f"/threads/{thread.id}/%E8%B0%81")
    assert (thread.title, thread.lang) == ("谁来检查排序？", "zh")
    assert db.session.query(Revision).one().title == "Who checks the ranking?"
    now_owed = [post.index_version for post in db.session.query(Post).order_by(Post.id)]
    assert all(new > old for new, old in zip(now_owed, owed, strict=True))  # the title is in every post's document
    assert c.get(f"/threads/{thread.id}/who-checks-the-ranking").status_code == 301


def test_a_text_is_not_exchanged_for_one_of_which_nothing_is_seen(as_, ann, replied):
    answer = as_(ann).send("/posts/2/edit", body="&nbsp;", revision="1")
    assert answer.status_code == 422 and "Please fill this in." in answer.text
    assert replied.body == "There is a rule about it since March." and replied.revision == 1


def test_a_reply_has_no_title_to_change(as_, ann, thread, replied):
    c = as_(ann)
    assert 'name="title"' not in c.get("/posts/2/edit").text
    c.send("/posts/2/edit", title="Mine now", body="Changed", revision="1")
    assert thread.title == "Who checks the ranking?" and replied.body == "Changed"
    actions.edit_post(replied, ann, "Changed again", "Mine now")
    assert thread.title == "Who checks the ranking?"


def test_an_unchanged_text_makes_no_revision(app, ann, replied):
    assert actions.edit_post(replied, ann, replied.body + "  \n", revision=1) is False
    assert replied.revision == 1 and replied.edited_at is None and db.session.query(Revision).count() == 0


def test_a_change_from_an_old_page_is_kept_but_not_taken(as_, ann, replied):
    actions.edit_post(replied, ann, "The newer text", revision=1)
    c = as_(ann)
    answer = c.send("/posts/2/edit", body="From an old window", revision="1")
    assert answer.status_code == 409
    assert "From an old window" in answer.text and "The newer text" in answer.text
    assert 'name="revision" type="hidden" value="2"' in answer.text
    assert replied.body == "The newer text"
    assert c.send("/posts/2/edit", body="From an old window", revision="2").status_code == 303


@pytest.mark.parametrize("revision", ["", "x", "-1", "99"])
def test_without_the_right_revision_nothing_is_changed(as_, ann, replied, revision):
    assert as_(ann).send("/posts/2/edit", body="Changed", revision=revision).status_code == 409
    assert replied.revision == 1


@pytest.mark.parametrize("who", ["mallory", "alice", "bob", "carol"])
def test_nobody_changes_anothers_words(as_, request, replied, who):
    person = request.getfixturevalue(who)
    c = as_(person)
    assert c.get("/posts/2/edit").status_code == 403
    assert c.send("/posts/2/edit", body="Smuggled", revision="1").status_code == 403
    assert replied.revision == 1
    with pytest.raises(Forbidden):
        actions.edit_post(replied, person, "Smuggled")


def test_a_stranger_is_asked_to_sign_in(client, replied):
    assert client.get("/posts/2/edit").status_code == 303
    assert client.send("/posts/2/edit", body="Smuggled", revision="1").status_code == 401


def test_a_suspended_author_changes_nothing(app, ann, replied, clock):
    with transaction():
        ann.suspended_until, ann.timezone = replied.created_at.replace(year=2999), "Asia/Shanghai"
    with pytest.raises(Forbidden, match=r"suspended until .* 2999 .* \(Shanghai\)"):
        actions.edit_post(replied, ann, "Smuggled")


def test_not_in_a_locked_thread(as_, ann, bob, thread, replied):
    staff_actions.lock(thread, by=bob)
    answer = as_(ann).send("/posts/2/edit", body="A late thought", revision="1")
    assert answer.status_code == 403 and "A late thought" in answer.text and replied.revision == 1


def test_not_when_hidden(as_, ann, bob, replied):
    states.hide_post(replied, bob, "r1")
    assert as_(ann).send("/posts/2/edit", body="Smuggled", revision="1").status_code == 403
    assert replied.revision == 1


@pytest.mark.parametrize("change", [states.remove_post, lambda post, by, rule: states.delete(post, by)])
def test_not_when_gone(as_, ann, bob, replied, change):
    change(replied, bob, "r1")
    assert as_(ann).send("/posts/2/edit", body="Smuggled", revision="1").status_code == 404


@pytest.mark.parametrize("body", ["", "x" * 32_001, ">" * 200 + " deep"])
def test_a_refused_text_is_kept(as_, ann, replied, body):
    answer = as_(ann).send("/posts/2/edit", body=body, revision="1")
    assert answer.status_code == 422 and replied.revision == 1


def test_what_would_be_held_is_refused_while_the_post_is_public(as_, ann, replied, plugged):
    plugged(lambda draft: Verdict(reason="links") if draft.links > 2 else Verdict())
    links = " ".join(f"https://example{n}.org" for n in range(3))
    answer = as_(ann).send("/posts/2/edit", body=links, revision="1")
    assert answer.status_code == 422 and "example2.org" in answer.text
    assert replied.state == "visible" and replied.revision == 1
    actions.edit_post(replied, ann, "https://example1.org")
    assert replied.revision == 2


def test_a_screener_sees_that_it_is_a_change_and_may_refuse_it(app, ann, replied, plugged):
    seen: list[Draft] = []
    plugged(lambda draft: seen.append(draft) or Verdict(message="Not like this."))
    with pytest.raises(Refused, match="Not like this"):
        actions.edit_post(replied, ann, "Changed")
    assert seen[0].is_edit and seen[0].body == "Changed" and seen[0].author == ann


def test_a_held_post_can_be_changed_and_stays_held(as_, newbie, alice, bob, thread):
    held = actions.post_reply(thread, newbie, "Hello")
    c = as_(newbie)
    assert c.send(f"/posts/{held.id}/edit", body="Hello @alice", revision="1").status_code == 303
    assert (held.state, held.position, held.revision) == ("held", None, 2)
    assert [mention.user_id for mention in db.session.query(PostMention)] == [alice.id]
    assert as_(alice).get(f"/posts/{held.id}/edit").status_code == 404


def test_two_changes_from_one_page_make_one(app, ann, replied):
    actions.edit_post(replied, ann, "First", revision=1)
    with pytest.raises(Conflict):
        actions.edit_post(replied, ann, "Second", revision=1)
    assert replied.body == "First"
