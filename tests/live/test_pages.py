"""Which pages look for news, and the state that they say they were made from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from forum.accounts import ties
from forum.accounts.models import User
from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.subthemes.models import SubTheme
from forum.threads import actions, staff_actions, states
from forum.threads.addresses import thread_url
from forum.threads.models import Post, Thread
from tests.asking.conftest import ask, at, session  # noqa: F401 - fixtures
from tests.live.conftest import Told

Tells = Callable[..., Told]


def known(client: Any, path: str) -> dict[str, str] | None:
    """What the page says it was made from, by the names of its attributes; None if it doesn't look for news."""
    answer = client.get(path)
    assert answer.status_code == 200
    place = re.search(r'<div class="news[^"]*"([^>]*)>', answer.text)
    assert ("js/live.js" in answer.text) == (place is not None)
    return dict(re.findall(r'data-([a-z-]+)="([^"]*)"', place[1])) if place else None


@pytest.fixture
def path(app: Flask, thread: Thread) -> str:
    """Where alice's thread is."""
    with app.test_request_context():
        return thread_url(thread)


def test_a_thread_says_what_it_was_made_from(
    client: FlaskClient, path: str, of_thread: Tells, thread: Thread, ann: User, as_: Any
) -> None:
    for reader in (client, as_(ann)):
        said = known(reader, path)
        assert said and (said["live"], said["seconds"]) == (f"/live?thread={thread.id}", "15")
        assert {name: int(said[name]) for name in ("replies", "latest")} == of_thread()
        assert said["page"] == path and "next" not in said
        assert (said["one"], said["many"]) == ("{n} new reply", "{n} new replies")
    actions.post_reply(thread, ann, "It has never been enforced.")
    again = known(client, path)
    assert again and int(again["replies"]) == 3


def test_only_its_last_page_looks_for_news_and_a_full_one_says_where_it_goes_on(
    client: FlaskClient, path: str, thread: Thread, ann: User
) -> None:
    for number in range(3, PAGE_SIZE):
        post = actions.post_reply(thread, ann, " ".join(f"w{number}{letter}" for letter in "abcdef"))
        assert post.is_visible
    full = known(client, path)
    assert full and full["next"] == f"{path}?page=2"
    actions.post_reply(thread, ann, "The first of another page.")
    assert known(client, path) is None
    last = known(client, f"{path}?page=2")
    assert last and last["page"] == f"{path}?page=2" and "next" not in last
    assert known(client, f"{path}?experts=1") is None


def test_a_thread_in_which_nobody_writes_looks_for_nothing(
    client: FlaskClient, path: str, thread: Thread, bob: User, as_: Any
) -> None:
    assert known(client, path)
    staff_actions.lock(thread, by=bob)
    assert known(client, path) is None
    staff_actions.unlock(thread, by=bob)
    assert known(client, path)
    states.hide_post(db.session.query(Post).filter_by(thread_id=thread.id, position=1).one(), bob, "civility")
    assert known(as_(bob), path) is None, "those who see it are told nothing, since visitors would be"
    states.restore_post(db.session.query(Post).filter_by(thread_id=thread.id, position=1).one(), bob)
    assert known(client, path)


def test_lists_say_their_latest_activity(
    client: FlaskClient, told: Tells, thread: Thread, subtheme: SubTheme, bob: User, as_: Any
) -> None:
    latest = max(told()["threads"].values())
    for place, query in (("/", ""), (f"/subthemes/{subtheme.slug}", f"?subtheme={subtheme.slug}")):
        for reader in (client, as_(bob)):
            said = known(reader, place)
            assert said and (said["live"], int(said["latest"])) == (f"/live{query}", latest)
    empty = known(client, "/subthemes/law-online")
    assert empty and empty["latest"] == "0"
    staff_actions.pin(thread, by=bob)
    pinned = known(client, f"/subthemes/{subtheme.slug}")
    assert pinned and int(pinned["latest"]) == latest


def test_who_blocks_somebody_is_not_told_forever_of_their_threads(
    told: Tells, thread: Thread, alice: User, ann: User, as_: Any
) -> None:
    ties.keep(alice, ties.Kind.BLOCK, by=ann)
    reader = as_(ann)
    for place in ("/", f"/subthemes/{thread.subtheme.slug}"):
        assert thread.title not in reader.get(place).text.partition('class="thread-list')[2]
        said = known(reader, place)
        assert said and int(said["latest"]) == max(told()["threads"].values())


def test_a_session_says_its_phase_and_counts(
    client: FlaskClient,
    told: Tells,
    session: Any,  # noqa: F811
    at: Any,  # noqa: F811
    ask: Any,  # noqa: F811
    alice: User,
    app: Flask,
) -> None:
    at("collecting")
    ask(alice)
    page = f"/sessions/{session.id}/{session.thread.slug}"
    said = known(client, page)
    assert said and said["live"] == f"/live?session={session.id}" and float(said["seconds"]) == 5
    state = {"phase": said["phase"], "questions": int(said["questions"]), "answered": int(said["answered"])}
    assert state == told(f"session={session.id}")
    at("archived")
    app.extensions["page_cache"].shelf.clear()
    assert known(client, page) is None
