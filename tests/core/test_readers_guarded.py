"""Pages that readers share, under requests that somebody made on purpose; and what the clock alone changes."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import create_environ

from forum.accounts.models import User
from forum.core.crowding import Budget
from forum.core.database import Clock, db, now, transaction
from forum.core.pagecache.layer import LONGEST_PATH
from forum.core.web import HEADERS
from forum.experts.models import Credential
from forum.threads.addresses import thread_url
from forum.threads.models import Thread
from tests.core.test_readers_pages import AS_EVER, UNNOTED, plain
from tests.stage import SILENCED, THEME_MODERATORS, VIEWERS, Stage

HEADS = {*HEADERS, "Cache-Control", "Vary", "Content-Type", "ETag", "Strict-Transport-Security"}

pytestmark = pytest.mark.parametrize("app", ["sqlite"], indirect=True)


def test_no_address_is_remembered_that_is_longer_than_any_of_ours(app: Flask) -> None:
    remembered = app.extensions["page_cache"].readers._scope_of
    remembered.cache_clear()
    nobody = app.test_client()
    nobody.set_cookie("signin", "made-up")
    assert nobody.get("/threads/1/" + "a" * LONGEST_PATH).status_code == 404
    assert remembered.cache_info().currsize == 0
    assert nobody.get("/threads/1/" + "a" * 60).status_code == 404
    assert remembered.cache_info().currsize == 1


def test_a_page_that_many_get_is_no_visitors(app: Flask, person: Any, as_: Any) -> None:
    budget: Budget = app.extensions["visitor_budget"]
    budget._accounts.clear()
    for name, role in (("zoe", "netizen"), ("mod", "moderator")):
        reader = as_(person(name, role=role))
        for path in ("/", "/subthemes/data-and-algorithms"):
            assert reader.get(path, environ_overrides={"REMOTE_ADDR": "8.8.4.4"}).status_code == 200
            assert not budget._accounts, (name, path)


@pytest.mark.parametrize("path", ["/", "/about", "/login"])
def test_what_is_no_text_in_a_cookie_is_left_out(app: Flask, path: str) -> None:
    environ = create_environ(path)
    environ["HTTP_COOKIE"] = "of_another_site=\xff\xfe; theme=dark; more=\xe6\xb1\x87"
    began: list[str] = []
    page = b"".join(app.wsgi_app(environ, lambda status, *_: began.append(status)))  # type: ignore[arg-type]
    assert began == ["200 OK"] and b'data-theme="dark"' in page
    assert environ["HTTP_COOKIE"] == "of_another_site=; theme=dark; more=\xe6\xb1\x87"


def test_a_kept_reply_box_offers_no_credential_beyond_its_last_day(
    app: Flask, pinned: Thread, dr_chen: User, as_: Any
) -> None:
    midnight = datetime.combine(now().date() + timedelta(days=1), time(), UTC)
    with transaction():
        db.session.scalars(select(Credential)).one().valid_until = now().date()
    with app.test_request_context():
        reader, address = as_(dr_chen), thread_url(pinned)
    Clock.offset = midnight - timedelta(seconds=10) - datetime.now(UTC)
    assert "Professor of statistics" in reader.get(address).text
    kept = app.extensions["page_cache"].shelf._pages
    [until] = [page.holds[1] for key, page in kept.items() if key.path == address]
    assert abs(until - midnight) < timedelta(seconds=1)


def test_everybody_on_the_stage_gets_what_is_theirs_whoever_was_there_before(app: Flask, stage: Stage) -> None:
    shown = ("visible", "pinned", "hidden", "held", "question", "led_collecting")
    with app.test_request_context():
        threads = [thread_url(db.session.get_one(Thread, stage.threads[word])) for word in shown]
    names = [name for name in (VIEWERS | THEME_MODERATORS | SILENCED).values() if name]
    browsers = {name: stage.browser(app, name) for name in (*names, "ann", "claire")}
    for path in ("/", "/subthemes/data-and-algorithms", *threads):
        kept = {name: browser.get(path, headers=UNNOTED) for name, browser in browsers.items()}
        for name, browser in browsers.items():
            made = browser.get(path, headers=UNNOTED | AS_EVER)
            assert kept[name].status_code == made.status_code, (name, path)
            assert plain(kept[name].text) == plain(made.text), (name, path)
            same = [{key: value for key, value in each.headers.items() if key in HEADS} for each in (kept[name], made)]
            assert same[0] == same[1], (name, path)
