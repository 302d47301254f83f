"""How /live answers: at once, whoever asks, kept, and never with what would end an EventSource for good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g
from flask.signals import request_started
from flask.testing import FlaskClient
from sqlalchemy import func, select

import wsgi
from forum import config
from forum.accounts.models import Session, User
from forum.core.database import db
from forum.live.front import Asks
from forum.subthemes.models import SubTheme
from forum.threads import actions
from forum.threads.models import Thread
from forum.trust.models import ThreadRead
from tests import schema
from tests.live.conftest import event_of


@pytest.fixture
def made(app: Flask) -> Iterator[list[str]]:
    """The addresses that Flask was asked for."""
    paths: list[str] = []

    def note(_sender: Any, **_: Any) -> None:
        from flask import request

        paths.append(request.full_path)
        g.noted = True

    with request_started.connected_to(note, app):
        yield paths


def test_it_says_when_to_come_again(client: FlaskClient, thread: Thread) -> None:
    for query in ("", f"?thread={thread.id}", f"?subtheme={thread.subtheme.slug}"):
        lines = client.get(f"/live{query}").text.split("\n")
        assert lines[0] == "retry: 15000", "as LIVE_SECONDS says"
    first, again = client.get("/live"), client.get("/live")
    assert first.text == again.text, "the same state has the same id"


def test_the_second_ask_is_answered_from_memory_whoever_asks(
    client: FlaskClient, thread: Thread, alice: User, bob: User, ann: User, as_: Any, made: list[str]
) -> None:
    address, readers = f"/live?thread={thread.id}", (client, as_(alice), as_(bob))
    first = client.get(address, headers={"Accept-Language": "zh"})
    assert made == [f"/live/threads/{thread.id}?"]
    for reader in readers:
        for headers in ({}, {"Accept-Language": "en"}, {"Accept-Encoding": "br, gzip"}, {"Last-Event-ID": "00c0ffee"}):
            answer = reader.get(address, headers=headers)
            assert (answer.data, answer.headers["Cache-Control"]) == (first.data, "public, no-cache")
            assert "Content-Encoding" not in answer.headers and "Set-Cookie" not in answer.headers
            assert answer.headers["Vary"] == "Accept-Encoding"
    assert len(made) == 1 and client.get(f"/live/threads/{thread.id}").data == first.data
    actions.post_reply(thread, ann, "It has never been enforced.")
    assert client.get(address).data != first.data


def test_what_is_written_elsewhere_leaves_a_threads_state_kept(
    client: FlaskClient, thread: Thread, subtheme: SubTheme, ann: User, made: list[str]
) -> None:
    another = actions.start_thread(subtheme, ann, "Who checks the checkers?", "Somebody has to.")
    address = f"/live?thread={thread.id}"
    before = client.get(address).data
    made.clear()
    actions.post_reply(another, ann, "Not I, at any rate.")
    assert client.get(address).data == before
    assert made == [], "each open page of a quiet thread would be made anew for every reply anywhere (ADR 35)"
    actions.post_reply(thread, ann, "It has never been enforced.")
    assert client.get(address).data != before and len(made) == 1


def test_nobody_is_recognised_and_nothing_is_noted(
    app: Flask, thread: Thread, alice: User, as_: Any, clock: Any, made: list[str]
) -> None:
    reader = as_(alice)
    seen = db.session.scalars(select(Session.seen_at)).all()
    clock.move(hours=3)
    for _ in range(2):
        assert reader.get(f"/live?thread={thread.id}").status_code == 200
        assert reader.get("/live").status_code == 200
    from forum.trust.flushing import flush

    flush(app.extensions["reading"])
    db.session.rollback()
    assert db.session.scalars(select(Session.seen_at)).all() == seen, "a tab that is left open keeps no session"
    assert db.session.scalar(select(func.count()).select_from(ThreadRead).where(ThreadRead.user_id == alice.id)) == 0
    assert made


def test_a_browser_is_never_told_that_it_has_it_already(client: FlaskClient) -> None:
    first = client.get("/live")
    again = client.get("/live", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200 and again.data == first.data, "a 304 would end its asking for good"


def test_head_and_other_methods(client: FlaskClient) -> None:
    for _ in range(2):
        answer = client.head("/live")
        assert (answer.status_code, answer.data) == (200, b"")
        client.get("/live")
    assert client.post("/live").status_code == 405
    assert client.open("/live", method="OPTIONS").status_code == 200


WRONG = (
    "thread=0", "thread=-1", "thread=abc", "thread=", "thread=1.5", "thread=99999999999999999999", "thread=2147483648",
    "thread=%F0%9F%90%BC", "thread=١", "thread=999999", "session=0", "session=x", "session=999999", "subtheme=",
    "subtheme=nowhere", "subtheme=%2e%2e%2f", "thread=1&thread=2", "thread=1&subtheme=law-online", "who=1",
    "a=" + "b" * 9000,
)  # fmt: skip


@pytest.mark.parametrize("query", WRONG)
def test_what_is_not_there(client: FlaskClient, thread: Thread, query: str) -> None:
    answer = client.get(f"/live?{query}")
    assert answer.status_code == 404
    assert "<h1" in answer.text, "a page for whoever looks"


def test_a_nul_is_refused(client: FlaskClient) -> None:
    assert client.get("/live?subtheme=%00").status_code == 400


def test_who_asks_often_is_not_refused(app: Flask, client: FlaskClient, thread: Thread, monkeypatch: Any) -> None:
    """A school of 300 tabs behind one address: what is kept costs nothing, and is never refused."""
    from_school = {"REMOTE_ADDR": "8.8.4.7"}
    client.get(f"/live?thread={thread.id}", environ_overrides=from_school)
    app.extensions["visitor_budget"].charge("8.8.4.0/24", 1000.0)
    for _ in range(300):
        assert client.get(f"/live?thread={thread.id}", environ_overrides=from_school).status_code == 200
    assert client.get("/live", environ_overrides=from_school).status_code == 429, (
        "what has to be made is charged as any page"
    )
    app.extensions["visitor_budget"]._accounts.clear()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_an_operator_can_turn_it_off(app: Flask, tmp_path: Any) -> None:
    schema.put_into(tmp_path)
    off = wsgi.create_app({"TESTING": True, "FORUM_INSTANCE": str(tmp_path), "LIVE_SECONDS": 0, "JOBS": "memory"})
    client = off.test_client()
    for query in ("", "?thread=1", "?nonsense=1"):
        answer = client.get(f"/live{query}")
        assert (answer.status_code, answer.data) == (204, b""), "which tells a browser to ask no more"
    page = client.get("/")
    assert page.status_code == 200 and "data-live" not in page.text and "live.js" not in page.text
    with off.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_it_is_answered_so_without_kept_pages_too(app: Flask, tmp_path: Any) -> None:
    schema.put_into(tmp_path)
    bare = wsgi.create_app({"TESTING": True, "FORUM_INSTANCE": str(tmp_path), "PAGE_CACHE_MB": 0, "JOBS": "memory"})
    client = bare.test_client()
    client.set_cookie("signin", "whoever")
    answer = client.get("/live", headers={"Accept-Encoding": "gzip"})
    assert event_of(answer) == {"threads": {}} and "Content-Encoding" not in answer.headers
    with bare.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_asks_are_counted_with_the_time_that_they_watch(app: Flask, client: FlaskClient, thread: Thread) -> None:
    asks = app.extensions["live"]
    asked, watched = asks.asked, asks.watched
    for _ in range(4):
        client.get(f"/live?thread={thread.id}")
    client.get("/live?thread=999999")
    client.head("/live")
    assert (asks.asked - asked, asks.watched - watched) == (4, 60.0), (
        "four pages that look every 15 seconds, for so long"
    )


def test_asks_wait_for_no_database_that_is_away(app: Flask) -> None:
    """Else thousands of pages would take the few places of people who have written something (core/outlasting.py)."""

    def passed(_environ: Any, start: Any) -> list[bytes]:
        start("503 SERVICE UNAVAILABLE", [])
        return [b"passed by"]

    def waiting(_environ: Any, start: Any) -> list[bytes]:
        start("200 OK", [])
        return [b"waited"]

    asks = Asks(waiting, passed, 15)
    for path, said in (
        ("/live", b"passed by"),
        ("/", b"waited"),
        ("/live/threads/1", b"passed by"),
        ("/lively", b"waited"),
        ("/health/live", b"waited"),
    ):
        assert [*asks({"PATH_INFO": path, "REQUEST_METHOD": "GET"}, lambda *_: None)] == [said]
    assert asks.asked == 0, "a refusal tells nothing"


@pytest.mark.parametrize("value", ["-1", "3601", "99999999999999999999", "٣", "0.5", "soon"])
def test_a_setting_that_is_none_is_refused(value: str) -> None:
    with pytest.raises(config.UnsafeSetting, match="LIVE_SECONDS"):
        config.load({"LIVE_SECONDS": value}, Path())
