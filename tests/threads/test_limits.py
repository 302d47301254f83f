"""Rate limits on writing: exact, per person, newcomers slower, and a second click is answered, not limited."""

import pytest

from forum.core.database import db
from forum.threads.models import Post, Thread

pytestmark = pytest.mark.limits
NEW = "/subthemes/data-and-algorithms/threads/new"


def test_a_second_reply_has_to_wait_and_is_kept(as_, ann, alice, thread):
    c, url = as_(ann), f"/threads/{thread.id}/posts"
    assert c.send(url, body="First").status_code == 303
    answer = c.send(url, body="Second thought")
    assert answer.status_code == 429 and "Second thought" in answer.text
    assert 1 <= int(answer.headers["Retry-After"]) <= 6  # rounded
    assert as_(alice).send(url, body="Mine").status_code == 303


def test_a_newcomer_waits_longer(as_, newbie, thread):
    c, url = as_(newbie), f"/threads/{thread.id}/posts"
    c.send(url, body="First")
    assert 5 < int(c.send(url, body="Second").headers["Retry-After"]) <= 21


def test_a_refused_reply_costs_nothing(as_, ann, thread):
    c, url = as_(ann), f"/threads/{thread.id}/posts"
    assert [c.send(url, body="").status_code for _ in range(3)] == [422] * 3
    assert c.send(url, body="Now").status_code == 303


def test_a_second_click_is_answered_with_the_first_post(as_, ann, thread):
    c, url = as_(ann), f"/threads/{thread.id}/posts"
    answers = [c.send(url, body="Once", form_token="t" * 24) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [303] * 3
    assert len({answer.location for answer in answers}) == 1 and thread.reply_count == 3
    assert c.send(url, body="Else", form_token="u" * 24).status_code == 429


def test_threads_are_limited_too(as_, ann, subtheme):
    c = as_(ann)
    first = c.send(NEW, title="A", body="B", form_token="t" * 24)
    assert c.send(NEW, title="A", body="B", form_token="t" * 24).location == first.location
    answer = c.send(NEW, title="C", body="D")
    assert answer.status_code == 429 and 5 < int(answer.headers["Retry-After"]) <= 16
    assert db.session.query(Thread).count() == 1
    assert c.get(NEW).status_code == 200


def test_edits_are_limited(as_, ann, thread):
    c = as_(ann)
    answers = [c.send("/posts/2/edit", body=f"Text {n}", revision=str(n + 1)).status_code for n in range(11)]
    assert answers == [303] * 10 + [429] and db.session.get(Post, 2).revision == 11


def test_previews_are_limited(as_, ann):
    c = as_(ann)
    fields = {"csrf_token": c.csrf_token(), "body": "Hello"}
    answers = [c.post("/preview", data=fields, headers={"X-Requested-With": "fetch"}).status_code for _ in range(61)]
    assert answers == [200] * 60 + [429]
