"""The plug before publication, apart from what moderation puts into it."""

import pytest

from forum.core.database import db
from forum.core.errors import Refused
from forum.threads import actions, screening
from forum.threads.models import Post, Thread
from forum.threads.screening import Draft, hold, publish, refuse


@pytest.fixture
def plug(monkeypatch):
    """`plug(*screeners)`: these screen, and nothing else is told of held posts."""

    def put(*screeners):
        monkeypatch.setattr(screening, "screeners", list(screeners))
        screening.on_held[:] = []

    before = list(screening.on_held)
    yield put
    screening.on_held[:] = before


def test_a_screener_sees_the_whole_draft(app, alice, thread, subtheme, plug):
    seen: list[Draft] = []
    plug(lambda draft: seen.append(draft) or publish())
    actions.start_thread(subtheme, alice, "A title", "See https://a.example and [b](https://b.example)")
    actions.post_reply(thread, alice, "Words only")
    first, second = seen
    assert (first.title, first.links, first.thread, first.subtheme.id, first.author.id, first.is_edit) == (
        "A title", 2, None, subtheme.id, alice.id, False,
    )  # fmt: skip
    assert (second.title, second.links, second.thread.id) == ("", 0, thread.id)


def test_all_let_it_through(app, alice, thread, plug):
    plug(lambda _: publish(), lambda _: publish())
    assert actions.post_reply(thread, alice, "Hello").state == "visible"


def test_one_holds_it_and_its_reason_is_kept(app, alice, thread, plug):
    plug(lambda _: publish(), lambda _: hold("links"), lambda _: hold("newcomer"))
    post = actions.post_reply(thread, alice, "Hello")
    assert (post.state, post.state_reason) == ("held", "links")


def test_a_refusal_counts_more_than_a_hold_and_writes_nothing(as_, alice, thread, subtheme, plug):
    plug(lambda _: hold("links"), lambda _: refuse("Not in this house."))
    with pytest.raises(Refused, match="Not in this house"):
        actions.post_reply(thread, alice, "Hello")
    with pytest.raises(Refused):
        actions.start_thread(subtheme, alice, "A", "B")
    answer = as_(alice).send(f"/threads/{thread.id}/posts", body="Hello")
    assert answer.status_code == 422 and "Not in this house." in answer.text
    assert db.session.query(Post).count() == 3 and db.session.query(Thread).count() == 1


def test_a_screener_that_fails_lets_nothing_through(app, alice, thread, plug):
    def broken(draft: Draft):
        raise ZeroDivisionError

    plug(broken)
    with pytest.raises(ZeroDivisionError):
        actions.post_reply(thread, alice, "Hello")
    assert db.session.query(Post).count() == 3


def test_who_wants_to_know_of_a_held_post_is_told_inside_the_transaction(app, alice, thread, plug):
    plug(lambda _: hold("links"))

    def told(post: Post, _verdict: screening.Verdict) -> None:
        raise RuntimeError(post.state)

    screening.on_held.append(told)
    with pytest.raises(RuntimeError, match="held"):
        actions.post_reply(thread, alice, "Hello")
    assert db.session.query(Post).count() == 3
