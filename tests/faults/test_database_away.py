"""R-5: the database goes away, is cut off or held by another writer: a few 503 that keep the text, then all is well."""

from __future__ import annotations

import contextlib
import itertools
import json
import sqlite3
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from forum.accounts.models import User
from forum.core import database
from forum.core.database import db
from forum.core.patience import Bounded
from forum.threads.models import Thread
from tests.faults.cutting import PASSWORD, connected, cut_at, known_writer, listening, new_thread, posts_of
from tests.servers.postgres import Postgres
from tests.servers.robot import Robot
from tests.servers.website import Website, start_forum, without_limits

names = (f"writer{number}" for number in itertools.count())


@pytest.fixture(scope="module")
def server(guard: Any) -> Iterator[Postgres]:
    """A PostgreSQL that only these tests use, since they stop it."""
    server = Postgres(guard)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def forum(guard: Any, server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """A forum whose worker has done its first work; the tests take it as it is left by each other."""
    env = without_limits() | {"DATABASE_URL": server.create("away"), "METRICS_TOKEN": "a token"}
    forum = start_forum(guard, tmp_path_factory.mktemp("away"), env)
    new_thread(known_writer(forum, server, next(names)))
    assert all_is_indexed(server)
    yield forum
    forum.stop()


@pytest.fixture
def writer(forum: Website, server: Postgres) -> Robot:
    """Somebody new whose posts are not held."""
    return known_writer(forum, server, next(names))


def all_is_indexed(server: Postgres) -> bool:
    """Whether the worker has everything in the index within half a minute."""
    for _ in range(300):
        with connected(server) as connection:
            if not connection.scalar(text("SELECT count(*) FROM posts WHERE indexed_version <> index_version")):
                return True
        time.sleep(0.1)
    return False


def is_ready(forum: Website) -> tuple[int, str]:
    status, answer = Robot(forum.url).get("/health/ready")
    return status, json.loads(answer)["status"]


def figures_of(forum: Website) -> str:
    """Return what /metrics tells Prometheus, which waits ten seconds for it."""
    asked = urllib.request.Request(f"{forum.url}/metrics", headers={"Authorization": "Bearer a token"})
    with urllib.request.urlopen(asked, timeout=10) as answer:
        text: str = answer.read().decode()
        return text


def wait_for_more_than(before: int, acknowledged: list[str]) -> None:
    deadline = time.monotonic() + 60
    while len(acknowledged) == before:
        assert time.monotonic() < deadline, "nobody can write any more"
        time.sleep(0.02)


def test_cut_connections_are_mended_while_people_write(forum: Website, server: Postgres, writer: Robot) -> None:
    thread, stop = new_thread(writer), threading.Event()
    address = thread.rpartition("/")[0] + "/posts"
    acknowledged: list[str] = []

    def write(who: str) -> list[str]:
        refused = []
        for number in range(10_000):
            body = f"Text {who}{number}."
            status, answer = writer.send(address, body=body, form_token=f"{who}{number}")
            assert status in (303, 503), answer
            if status == 503:
                assert body in answer, "the text is kept"
            (acknowledged if status == 303 else refused).append(body)
            if stop.is_set():
                return refused
        raise AssertionError("nobody said stop")

    cuts = 5
    with ThreadPoolExecutor(2) as pool:
        promises = [pool.submit(write, who) for who in "ab"]
        try:
            for cut in range(cuts + 1):
                wait_for_more_than(len(acknowledged), acknowledged)  # however slow the machine
                time.sleep(cut * 0.04)  # somewhere in the next request
                if cut < cuts:
                    server.cut_connections("away")
        finally:
            stop.set()
        refused = [body for promise in promises for body in promise.result()]
    assert len(acknowledged) > cuts
    assert len(refused) <= 2 * cuts, "at most the request that was under way in each writer"
    seen = posts_of(writer, thread)
    assert [body for body in acknowledged if seen[body] != 1] == []
    assert [body for body in refused if seen[body] > 1] == []
    server.cut_connections("away")
    assert [writer.send(address, body="Text last.")[0] for _ in range(3)] == [303] * 3, "nobody was in the middle of it"


def test_while_it_is_away_every_page_says_so_and_then_all_is_well(
    forum: Website, server: Postgres, writer: Robot
) -> None:
    thread = new_thread(writer)
    address = thread.rpartition("/")[0] + "/posts"
    assert writer.send(address, body="Text before.")[0] == 303
    server.halt()
    try:
        for robot in (writer, Robot(forum.url)):
            for path in ("/", thread, "/search?q=text", "/login", "/settings/profile", "/nowhere"):
                status, headers, page = robot.ask(path)
                if path in ("/", thread, "/search?q=text"):
                    assert (status, headers["Retry-After"]) == (503, "5"), (path, page)
                assert status != 500, (path, page)
                assert "Content-Security-Policy" in headers and "Traceback" not in page
        status, headers, page = writer.ask(address, body="Text during.")
        assert (status, headers["Retry-After"]) == (503, "5")
        assert "Text during." in page and "Busy for a moment" in page
        assert is_ready(forum) == (503, "the database does not answer")
        told = figures_of(forum)
        assert 'status="503"' in told and "forum_jobs_waiting" in told, "for the alarm that rings now"
        assert "forum_index_waiting" not in told
        assert Robot(forum.url).get("/health/live")[0] == 200
    finally:
        server.resume()
    assert is_ready(forum) == (200, "ready")
    assert writer.send(address, body="Text after.")[0] == 303, "the same browser is still signed in"
    assert posts_of(writer, thread) == Counter({"Text before.": 1, "Text after.": 1})


def test_the_worker_outlives_it(forum: Website, server: Postgres, writer: Robot) -> None:
    thread, worker = new_thread(writer), forum.worker_pid
    server.halt()
    time.sleep(1.5)  # longer than the worker's pause between two looks
    server.resume()
    assert writer.send(thread.rpartition("/")[0] + "/posts", body="Text for the index.")[0] == 303
    assert all_is_indexed(server)
    assert forum.worker_pid == worker and forum.worker_lives()


def test_a_worker_that_is_started_meanwhile_waits_for_it(forum: Website, server: Postgres, writer: Robot) -> None:
    thread = new_thread(writer)
    server.halt()
    try:
        forum.kill_worker()
        forum.start_worker()
        worker = forum.worker_pid
        deadline = time.monotonic() + 60
        while "the database does not answer, trying again in 2 s" not in forum.logs():
            assert forum.worker_lives() and time.monotonic() < deadline
            time.sleep(0.1)
        with pytest.raises(RuntimeError, match="Error: the database does not answer: ") as told:
            forum.flask("setup")
        assert "Traceback" not in str(told.value)
    finally:
        server.resume()
    assert writer.send(thread.rpartition("/")[0] + "/posts", body="Text for the index.")[0] == 303
    assert all_is_indexed(server)
    assert forum.worker_pid == worker and forum.worker_lives()
    assert "Traceback" not in forum.logs().partition("--- worker ---")[2]


def test_a_server_that_hangs_is_given_up(server: Postgres) -> None:
    """Paused, it ends no statement by itself: who asks must not wait for it."""
    connection = Bounded.connect(server.url().replace("+psycopg", ""), autocommit=True)
    connection.patience = 0.2
    assert connection.execute("SELECT 1").fetchone() == (1,)
    server.pause()
    try:
        with pytest.raises(psycopg.OperationalError, match=r"did not answer within 0\.2 s"):
            connection.execute("SELECT 1")
        assert connection.closed, "what comes late is nobody's answer"
    finally:
        server.go_on()


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_the_limit_is_that_of_requests(app: Any, postgres: Postgres, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forum.core.patience.REQUEST_SECONDS", 0.2)
    assert isinstance(db.session.connection().connection.driver_connection, Bounded)
    slow = text("SELECT pg_sleep(0.5)")
    db.session.execute(slow)  # a worker's
    with app.test_request_context(), pytest.raises(DBAPIError, match="did not answer"):
        db.session.execute(slow)
    db.session.rollback()
    assert db.session.scalar(text("SELECT 1")) == 1, "with another connection"


@pytest.fixture
def impatient(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with DATABASE_WAIT=0, or after too long a wait."""
    monkeypatch.setattr(app.extensions["outlasting"], "_seconds", 0)


@pytest.mark.limits
@pytest.mark.parametrize("app", ["postgres"], indirect=True)
@pytest.mark.usefixtures("impatient")
def test_a_cut_at_any_statement_of_a_reply(
    app: Any, postgres: Postgres, as_: Any, ann: User, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config["LIMITS"], "REPLY", "1000 per minute")
    browser, url, cuts = as_(ann), f"/threads/{thread.id}", 0
    for number in range(100):
        fields = {"body": f"Text {number}.", "form_token": f"form-{number}"}
        with listening(cut_at(postgres, number)):
            answer = browser.send(f"{url}/posts", **fields)
        assert answer.status_code in (303, 503), (number, answer.status_code)
        if answer.status_code == 503:
            cuts += 1
            assert f"Text {number}." in answer.text, number
        assert browser.send(f"{url}/posts", **fields).status_code == 303, number
        if answer.status_code == 303 and number > cuts + 3:
            break
    assert cuts > 5 and number < 99
    pages = [browser.get(f"{url}/{thread.slug}?page={page}").text for page in range(1, 4)]
    assert [sum(page.count(f"<p>Text {one}.</p>") for page in pages) for one in range(number + 1)] == [1] * (number + 1)


@pytest.mark.limits
@pytest.mark.parametrize("app", ["postgres"], indirect=True)
@pytest.mark.parametrize("path", ["/login", "/search?q=ranking", "/"])
@pytest.mark.usefixtures("impatient")
def test_a_cut_at_any_statement_of_a_page(
    app: Any, postgres: Postgres, as_: Any, ann: User, thread: Thread, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for row in app.config["LIMITS"]:
        monkeypatch.setitem(app.config["LIMITS"], row, "1000 per minute")
    answers = []
    for number in range(30):
        browser = as_(ann)
        with listening(cut_at(postgres, number)):
            fields = {"username": "ann", "password": PASSWORD}
            answer = browser.send(path, **fields) if path == "/login" else browser.get(path)
        answers.append(answer.status_code)
        assert answer.status_code in (200, 303, 503), (number, answer.status_code)
    assert 503 in answers and answers[-1] != 503


@pytest.fixture
def locked(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[sqlite3.Connection]:
    """Another program that holds SQLite's write lock; our writers lose patience after a fifth of a second."""
    monkeypatch.setattr(database, "BUSY_SECONDS", 0.2)
    db.session.remove()
    db.engine.dispose()
    other = sqlite3.connect(str(db.engine.url.database), isolation_level=None)
    yield other
    other.close()
    monkeypatch.undo()
    db.session.remove()
    db.engine.dispose()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_another_writer_holds_sqlite_for_too_long(
    locked: Any, as_: Any, client: Any, ann: User, thread: Thread
) -> None:
    browser, address = as_(ann), f"/threads/{thread.id}/posts"
    locked.execute("BEGIN IMMEDIATE")
    refused = browser.send(address, body="Text during.")
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert "Text during." in refused.text and "Busy for a moment" in refused.text
    for reader in (browser, client):
        pages = ("/", f"/threads/{thread.id}/{thread.slug}", "/people/ann", "/search?q=ranking", "/health/ready")
        assert [reader.get(page).status_code for page in pages] == [200] * 5, "reading goes on"
    locked.execute("ROLLBACK")
    assert browser.send(address, body="Text during.").status_code == 303
    assert browser.get(f"/threads/{thread.id}/{thread.slug}").text.count("Text during.") == 1


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_a_page_that_is_made_goes_out_though_the_database_goes_away(app: Any, client: Any, postgres: Postgres) -> None:
    """What was read can't be rolled back any more: found by the rehearsal, which restarts PostgreSQL under load."""
    db.session.remove()

    def cut(answer: Any) -> Any:
        postgres.cut_connections("suite")
        return answer

    app.after_request_funcs.setdefault(None, []).append(cut)
    try:
        assert client.get("/experts").status_code == 200
    finally:
        app.after_request_funcs[None].remove(cut)
    assert client.get("/experts").status_code == 200


@pytest.mark.parametrize("app", ["postgres"], indirect=True)
def test_no_connection_is_free(app: Any, client: Any, thread: Thread, monkeypatch: pytest.MonkeyPatch) -> None:
    db.session.remove()
    monkeypatch.setattr(db.engine.pool, "_timeout", 0.2)
    with contextlib.ExitStack() as others:
        for _ in range(20):  # the pool's ten, and ten more in a rush
            others.enter_context(db.engine.connect())
        answer = client.get("/")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_the_disk_is_full(app: Any, as_: Any, client: Any, ann: User, thread: Thread) -> None:
    """SQLite is given no page more than it has, which it tells as it tells a full disk."""
    browser, address = as_(ann), f"/threads/{thread.id}/posts"

    def fill(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")  # means: as many as there are

    db.session.remove()
    db.engine.dispose()
    with contextlib.closing(sqlite3.connect(str(db.engine.url.database))) as other:
        other.execute("VACUUM")  # pages that earlier tests left free are room, too
    event.listen(db.engine, "connect", fill)
    try:
        refused = browser.send(address, body="Text that needs room. " * 1_000)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "60")
        assert "There is no room left" in refused.text and "Busy for a moment" not in refused.text
        assert "Text that needs room. " * 1_000 in refused.text
        assert [reader.get(f"/threads/{thread.id}/{thread.slug}").status_code for reader in (browser, client)] == [
            200
        ] * 2
    finally:
        event.remove(db.engine, "connect", fill)
        db.session.remove()
        db.engine.dispose()
    assert browser.send(address, body="Text that needs room. " * 1_000).status_code == 303
    after = db.session.get(Thread, thread.id)
    assert after and after.reply_count == 3


def test_an_error_of_the_database_tells_the_log_no_text(app: Any) -> None:
    with pytest.raises(DBAPIError) as told:
        db.session.execute(text("INSERT INTO nowhere VALUES (:words)"), {"words": "between us"})
    assert "nowhere" in str(told.value) and "between us" not in str(told.value)
    db.session.rollback()
