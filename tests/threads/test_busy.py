"""A text that found no free renderer is told apart from one that is too costly, and kept, wherever it was typed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select

from forum.core.database import db
from forum.core.markup import bounds, child
from forum.core.markup.room import Patience
from forum.threads.models import Post, Thread

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)
COSTLY = "|-|\n" * 8000
BUSY, INTRICATE = "try again in a few seconds", "too intricately"
FETCH = {"X-Requested-With": "fetch"}
WRITTEN = ["thread", "reply", "edit", "preview of a reply", "preview of an edit"]


@pytest.fixture
def nobody_has_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PATIENT", "PREVIEW"):
        monkeypatch.setattr(bounds, name, Patience(0.0))


@pytest.fixture
def busy(nobody_has_patience: None) -> Iterator[None]:
    """Both renderers work for others."""
    with bounds._ordinary._room.turn(child.PATIENT), bounds._doubtful._room.turn(child.PATIENT):
        yield


def opening(thread: Thread) -> Post:
    return db.session.scalars(select(Post).where(Post.thread_id == thread.id, Post.position == 1)).one()


def write(kind: str, browser: Any, post: Any, body: str) -> Any:
    thread = post.thread
    return {
        "thread": lambda: browser.send("/subthemes/law-online/threads/new", title="A title", body=body),
        "reply": lambda: browser.send(f"/threads/{thread.id}/posts", body=body),
        "edit": lambda: browser.send(f"/posts/{post.id}/edit", body=body, revision="1", title="A title"),
        "preview of a reply": lambda: browser.send(f"/preview?thread={thread.id}", body=body),
        "preview of an edit": lambda: browser.send(f"/preview?post={post.id}", body=body, revision="1", title="A"),
    }[kind]()


@pytest.mark.parametrize("kind", WRITTEN)
def test_no_free_renderer_is_a_503_that_keeps_the_form(
    busy: None, as_: Any, alice: Any, thread: Any, kind: str
) -> None:
    body = "Some **prose**. " * 100
    answer = write(kind, as_(alice), opening(thread), body)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert BUSY in answer.text and INTRICATE not in answer.text
    assert body.strip() + "</textarea>" in answer.text


def test_a_form_sent_again_is_answered_without_a_renderer(
    nobody_has_patience: None, as_: Any, alice: Any, thread: Any
) -> None:
    """What is sent again is not limited, so it may cost no more than a look."""
    browser, body = as_(alice), "Some **prose**. " * 100
    send = partial(browser.send, f"/threads/{thread.id}/posts", body=body, form_token="t" * 24)
    first = send()
    with bounds._ordinary._room.turn(child.PATIENT), bounds._doubtful._room.turn(child.PATIENT):
        assert first.status_code == 303 and send().location == first.location


@pytest.mark.parametrize("kind", WRITTEN)
def test_a_costly_text_is_a_422_that_says_so(as_: Any, alice: Any, thread: Any, kind: str) -> None:
    answer = write(kind, as_(alice), opening(thread), COSTLY)
    assert answer.status_code == 422 and "Retry-After" not in answer.headers
    assert INTRICATE in answer.text and BUSY not in answer.text


def test_the_script_is_told_both(busy: None, as_: Any, alice: Any) -> None:
    browser = as_(alice)
    data = {"csrf_token": browser.csrf_token(), "body": COSTLY}
    answer = browser.post("/preview", data=data, headers=FETCH)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5") and BUSY in answer.text


def bio(browser: Any, words: str) -> Any:
    return browser.send("/settings/profile", display_name="Alice", bio=words, language="en", timezone="Asia/Shanghai")


def test_a_bio_too(busy: None, as_: Any, alice: Any) -> None:
    words = "Some **prose** about me. " * 20
    answer = bio(as_(alice), words)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert BUSY in answer.text and words.strip() + "</textarea>" in answer.text


def test_a_bio_that_costs_too_much(as_: Any, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No known text as short as a bio does, so the bound is moved."""
    monkeypatch.setattr(child.sys, "executable", "/bin/false")
    bounds._ordinary.close()
    answer = bio(as_(alice), "Some **prose** about me. " * 20)
    assert answer.status_code == 422 and INTRICATE in answer.text and "nested" not in answer.text
