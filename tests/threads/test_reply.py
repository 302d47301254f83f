"""Replying: what is written, counted and owed, and who is refused."""

import pytest
from markupsafe import escape

from forum.core.database import db, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.threads import actions, staff_actions, states
from forum.threads.models import Post, Thread


@pytest.fixture
def reply_url(thread: Thread) -> str:
    return f"/threads/{thread.id}/posts"


def last_post() -> Post:
    return db.session.query(Post).order_by(Post.id.desc()).first()


def test_ann_replies(as_, ann, thread, reply_url):
    before = thread.last_post_at
    answer = as_(ann).send(reply_url, body="I *measured* it.")
    post = last_post()
    assert answer.status_code == 303 and answer.location == f"/threads/{thread.id}/{thread.slug}#post-{post.id}"
    assert (post.position, post.state, post.author_id, post.credential_id) == (4, "visible", ann.id, None)
    assert "<em>measured</em>" in post.html and post.notified_at is None and post.index_version > post.indexed_version
    assert (thread.reply_count, thread.last_position, thread.last_author_id) == (3, 4, ann.id)
    assert thread.last_post_at == post.published_at > before
    assert thread.subtheme.post_count == 4


def test_a_stranger_is_asked_to_sign_in(client, thread, reply_url):
    answer = client.send(reply_url, body="Hello")
    assert answer.status_code == 401 and thread.reply_count == 2


def test_without_the_forms_token_nothing_is_written(as_, ann, thread, reply_url):
    answer = as_(ann).post(reply_url, data={"body": "Hello"})
    assert answer.status_code == 400 and "Hello" in answer.text and thread.reply_count == 2


def test_a_suspended_person_does_not_reply(app, sam, thread):
    with pytest.raises(Forbidden, match="suspended until"):
        actions.post_reply(thread, sam, "Hello")


def test_a_locked_thread_takes_no_reply_and_keeps_the_text(as_, ann, bob, thread, reply_url):
    staff_actions.lock(thread, by=bob)
    answer = as_(ann).send(reply_url, body="My long thought")
    assert answer.status_code == 403 and "My long thought" in answer.text and "locked" in answer.text
    assert thread.reply_count == 2


def test_a_hidden_thread_is_not_there(as_, ann, bob, thread, reply_url):
    states.hide_post(db.session.query(Post).filter_by(position=1).one(), bob, "r1")
    assert as_(ann).send(reply_url, body="Hello").status_code == 404
    with pytest.raises(NotFound):
        actions.post_reply(thread, ann, "Hello")


def test_an_archived_sub_theme_takes_no_reply(app, ann, thread):
    with transaction():
        thread.subtheme.archived_at = thread.created_at
    with pytest.raises(Forbidden, match="archived"):
        actions.post_reply(thread, ann, "Hello")


@pytest.mark.parametrize("thread_id", ["0", "99", "99999999999999999999"])
def test_there_is_no_such_thread(as_, ann, thread_id):
    assert as_(ann).send(f"/threads/{thread_id}/posts", body="Hello").status_code == 404


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("\u200b", "Please fill this in."),
        ("&nbsp;", "Please fill this in."),
        ("**&nbsp;** [](https://example.org)", "Please fill this in."),
        ("x" * 32_001, "1 character too long"),
    ],
)
def test_a_refused_reply_shows_the_thread_again(as_, ann, thread, reply_url, body, told):
    answer = as_(ann).send(reply_url, body=body)
    assert answer.status_code == 422 and told in answer.text
    assert "Nobody tells us" in answer.text and escape(body[:300]) in answer.text
    assert thread.reply_count == 2


def test_other_fields_change_nothing(as_, ann, bob, thread, reply_url):
    as_(ann).send(
        reply_url, body="Hello", author_id=bob.id, position="1", state="removed", thread_id="9", html="<b>",
        created_at="2001-01-01", score="99",
    )  # fmt: skip
    post = last_post()
    assert (post.author_id, post.position, post.state, post.thread_id, post.score) == (
        ann.id, 4, "visible", thread.id, 0,
    )  # fmt: skip


def test_a_reply_names_the_post_it_answers(as_, ann, thread, reply_url):
    as_(ann).send(reply_url, body="Yes", parent="1")
    assert last_post().parent_id == 1


def test_a_quote_names_the_post_too(as_, ann, thread, reply_url):
    as_(ann).send(reply_url, body="> **@alice** · #1\n>\n> how?\n\nSo.")
    assert last_post().parent_id == 1


@pytest.mark.parametrize("parent", ["", "x", "0", "999", "99999999999999999999", "-1"])
def test_a_parent_that_is_none_is_forgotten(as_, ann, thread, reply_url, parent):
    assert as_(ann).send(reply_url, body="Yes", parent=parent).status_code == 303
    assert last_post().parent_id is None


def test_a_parent_gone_meanwhile_is_forgotten(app, alice, ann, bob, thread):
    parent = actions.post_reply(thread, alice, "Something rude")
    states.remove_post(parent, bob, "r1")
    assert actions.post_reply(thread, ann, "Yes", parent=parent).parent_id is None


def test_a_parent_of_another_thread_is_refused(app, alice, ann, subtheme, thread):
    other = actions.start_thread(subtheme, alice, "Another", "Place")
    elsewhere = db.session.query(Post).filter_by(thread_id=other.id).one()
    with pytest.raises(Refused, match="another thread"):
        actions.post_reply(thread, ann, "Yes", parent=elsewhere)
    assert actions.post_reply(thread, ann, f"> **@alice** · #{elsewhere.id}\n\nYes").parent_id is None


def test_a_reply_takes_few_statements(as_, alice, thread, reply_url, statements):
    client = as_(alice)
    client.send(reply_url, body="What is asked for the first time is kept.", form_token="first")
    with statements() as seen:
        client.send(reply_url, body="A plain reply, which names and quotes nobody.", form_token="second")
    assert len(seen) <= 12, seen
    assert not [one for one in seen if "post_mentions" in one], "a new post has called nobody before"
    with statements() as more:
        client.send(reply_url, body="And one that names @bob.", form_token="third")
    assert len(more) > len(seen), "who is named is looked up"


def test_a_thread_and_an_edit_take_few_statements_too(as_, person, subtheme, statements):
    client = as_(person("zoe", trust_level=2))
    address = f"/subthemes/{subtheme.slug}/threads/new"
    client.send(address, title="What is asked", body="for the first time is kept.", form_token="first")
    with statements() as seen:
        client.send(address, title="Another thread", body="Which nobody has begun so far.", form_token="second")
    assert len(seen) <= 12, seen
    post = last_post()
    with statements() as seen:
        client.send(f"/posts/{post.id}/edit", title="Another thread", body="Said otherwise.", revision="1")
    assert post.thread.title == "Another thread" and len(seen) <= 14, seen


def test_one_form_at_the_same_moment_names_its_post_whatever_refuses_the_second(app, ann, bob, thread):
    """Both looked before either was written (`is_unsent`): the second is found by its key, or amid its refusal."""
    first = actions.post_reply(thread, ann, "Once", form_token="t" * 24, is_unsent=True)
    staff_actions.slow(thread, 15, bob)
    assert actions.post_reply(thread, ann, "Once", form_token="t" * 24, is_unsent=True).id == first.id
    with pytest.raises(Conflict, match="another text"):
        actions.post_reply(thread, ann, "Other words", form_token="t" * 24, is_unsent=True)
    with transaction():
        thread.slow_minutes = 0
    assert actions.post_reply(thread, ann, "Once", form_token="t" * 24, is_unsent=True).id == first.id
    assert (thread.reply_count, thread.last_position, first.position) == (3, 4, 4)
