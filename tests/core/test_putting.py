"""Rows that are written by one plain statement: as if the session had written them, and gone with their transaction."""

import pytest
from sqlalchemy import event, inspect, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from forum.core.database import db, now, transaction
from forum.core.putting import Putting
from forum.threads import actions
from forum.threads.models import Post, State


def new_post(thread, author, **facts):
    known = {"body": "Words.", "html": "<p>Words.</p>", "plain": "Words.", "render_version": 1, "position": 90}
    post = Post(thread=thread, author=author, thread_id=thread.id, author_id=author.id, credential=None)
    for name, value in (known | facts).items():
        setattr(post, name, value)
    return post


@pytest.fixture
def posts():
    return Putting(Post)


def test_it_is_there_with_what_it_says_and_defaults_for_the_rest(posts, thread, ann):
    sources = [{"title": "A table", "address": "https://example.org/t"}]
    with transaction():
        posts.put(post := new_post(thread, ann, sources=sources, published_at=now()))
        assert inspect(post).persistent and db.session.get(Post, post.id) is post
        held = {column.key: getattr(post, column.key) for column in inspect(Post).column_attrs}
    db.session.expire_all()
    assert held == {name: getattr(post, name) for name in held}, "the database says the same"
    assert post.state == State.VISIBLE and post.revision == 1 and post.sources == sources and post.author is ann


def test_nothing_is_asked_again_and_one_statement_is_sent(posts, thread, ann):
    with transaction():
        seen = []
        post = new_post(thread, ann)
        event.listen(Engine, "before_cursor_execute", note := lambda *given: seen.append(given[2]))
        try:
            posts.put(post)
            assert (post.thread, post.author, post.plain, post.state_by_id) == (thread, ann, "Words.", None)
            db.session.flush()
        finally:
            event.remove(Engine, "before_cursor_execute", note)
    assert len(seen) == 1 and seen[0].startswith("INSERT INTO posts")


def test_a_change_afterwards_is_written_as_of_any_row(posts, thread, ann):
    with transaction():
        posts.put(post := new_post(thread, ann))
        post.body = "Other words."
    db.session.expire_all()
    assert db.session.scalar(select(Post.body).where(Post.id == post.id)) == "Other words."


def test_what_comes_to_nothing_leaves_nobody_in_the_place_of_the_next(posts, thread, ann):
    with pytest.raises(LookupError), transaction():
        posts.put(ghost := new_post(thread, ann, body="Never said."))
        number = ghost.id
        raise LookupError
    assert inspect(ghost).transient and ghost not in db.session and db.session.get(Post, number) is None
    with transaction():
        posts.put(post := new_post(thread, ann, body="Said."))
    assert db.session.get(Post, post.id) is post and post.body == "Said."
    with transaction():
        ghost.position = 91
        posts.put(ghost)
    assert ghost.id not in (None, post.id) and (ghost.body, ghost.author_id) == ("Never said.", ann.id)
    assert db.session.get(Post, ghost.id) is ghost


def test_what_a_savepoint_takes_back_is_gone_too(posts, thread, ann):
    with transaction() as session:
        with pytest.raises(LookupError), session.begin_nested():
            posts.put(ghost := new_post(thread, ann, body="Never said."))
            raise LookupError
        assert ghost not in session
        posts.put(post := new_post(thread, ann, body="Said."))
    assert db.session.get(Post, post.id) is post and post.body == "Said."


def test_what_the_database_refuses_is_refused(posts, thread, ann):
    with transaction():
        posts.put(new_post(thread, ann, form_token="f" * 64))
    with pytest.raises(IntegrityError), transaction():
        posts.put(twice := new_post(thread, ann, form_token="f" * 64, position=91))
    assert inspect(twice).transient and db.session.scalar(select(Post.id).where(Post.position == 91)) is None


def test_a_reply_that_a_later_rule_refuses_is_not_in_the_session(thread, ann, monkeypatch):
    def refuse(post):
        raise LookupError(post.id)

    with pytest.raises(LookupError) as raised:
        actions.post_reply(thread, ann, "Taken back at once.", also=(refuse,))
    assert not any(isinstance(row, Post) and row.id == raised.value.args[0] for row in db.session)
    kept = actions.post_reply(thread, ann, "Kept.")
    assert kept.body == "Kept." and db.session.get(Post, kept.id) is kept
