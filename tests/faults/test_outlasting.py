"""R-5: PostgreSQL is started again and nobody is answered 503; what was cut off is done once, or it is in doubt."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from limits import parse_many
from sqlalchemy import func, select, text

from forum.accounts.models import User
from forum.asking import planning
from forum.core import attempts
from forum.core.database import db, now
from forum.core.extensions import limiter
from forum.core.outlasting import PLACES, Outlasting
from forum.core.patience import Bounded
from forum.entry import throttle
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, Thread
from tests.asking.conftest import the_plan
from tests.faults.cutting import connected, cut_at, known_writer, listening, new_thread, posts_of
from tests.people import PASSWORD
from tests.servers.postgres import Postgres
from tests.servers.robot import Robot
from tests.servers.website import Website, start_forum, without_limits

on_postgres = pytest.mark.parametrize("app", ["postgres"], indirect=True)
names = (f"reader{number}" for number in itertools.count())


def unlimited(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for row in app.config["LIMITS"]:
        monkeypatch.setitem(app.config["LIMITS"], row, "1000 per minute")


@on_postgres
@pytest.mark.limits
def test_a_reply_that_is_cut_off_at_any_statement_is_written_once(
    app: Any, postgres: Postgres, as_: Any, ann: User, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlimited(app, monkeypatch)
    browser, before, door = as_(ann), db.session.scalar(select(func.count(Post.id))), app.extensions["outlasting"]
    address = f"/threads/{thread.id}/posts"
    for number in range(100):
        repeated, with_token = door.repeated, {"form_token": f"form-{number}"} if number % 2 else {}
        with listening(cut_at(postgres, number // 2)):
            answer = browser.send(address, body=f"Text {number}.", **with_token)
        assert answer.status_code == 303, (number, answer.text)
        if number % 2 and door.repeated == repeated:  # beyond the last statement
            break
    assert 10 < number < 99
    written = Counter(db.session.scalars(select(Post.body).where(Post.body.like("Text %"))))
    assert written == {f"Text {one}.": 1 for one in range(number + 1)}
    assert db.session.scalar(select(func.count(Post.id))) == before + number + 1


@on_postgres
@pytest.mark.limits
@pytest.mark.parametrize(
    "path", ["/login", "/search?q=ranking", "/", "/notifications", "/nowhere", "/settings/profile"]
)
def test_a_page_that_is_cut_off_at_any_statement_comes_all_the_same(
    app: Any, postgres: Postgres, as_: Any, ann: User, thread: Thread, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlimited(app, monkeypatch)
    usual = as_(ann).get(path).status_code
    for number in range(30):
        browser = as_(ann)
        with listening(cut_at(postgres, number)):
            answer = browser.get(path)
        assert answer.status_code == usual, (number, answer.text)
        assert attempts.MARK not in answer.headers
    assert app.extensions["outlasting"].repeated


def broken_at_commit(monkeypatch: pytest.MonkeyPatch, *, is_done: bool, passed: int = 0) -> list[int]:
    """Let the COMMIT after as many as `passed` break off: before it reaches the server, or with its answer lost.

    Returns what is still to come: it is empty as soon as it has broken.
    """
    usual, left = Bounded.commit, list(range(passed + 1))

    def commit(connection: Bounded) -> None:
        if not left or left.pop():
            usual(connection)
            return
        if is_done:
            usual(connection)
        else:
            attempts.note_commit()  # nobody on this side can tell
        connection.close()
        raise psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(Bounded, "commit", commit)
    return left


@on_postgres
@pytest.mark.parametrize("is_done", [True, False])
def test_a_reply_in_doubt_is_asked_for_again_by_its_form(
    as_: Any, ann: User, thread: Thread, monkeypatch: pytest.MonkeyPatch, *, is_done: bool
) -> None:
    browser = as_(ann)
    broken_at_commit(monkeypatch, is_done=is_done)
    answer = browser.send(f"/threads/{thread.id}/posts", body="Once.", form_token="a-form")
    assert answer.status_code == 303, answer.text
    assert db.session.scalar(select(func.count(Post.id)).where(Post.body == "Once.")) == 1


@on_postgres
@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("no_token", [{}, {"form_token": ""}])
def test_what_has_no_token_is_left_in_doubt_and_says_so(
    as_: Any, ann: User, thread: Thread, monkeypatch: pytest.MonkeyPatch, no_token: dict[str, str], *, is_done: bool
) -> None:
    browser = as_(ann)
    broken_at_commit(monkeypatch, is_done=is_done)
    answer = browser.send(f"/threads/{thread.id}/posts", body="Perhaps.", **no_token)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "it may be saved or not" in answer.text and "nothing was saved" not in answer.text
    assert "Perhaps." in answer.text, "the text is kept"
    assert db.session.scalar(select(func.count(Post.id)).where(Post.body == "Perhaps.")) == int(is_done)


@on_postgres
@pytest.mark.parametrize("is_done", [True, False])
@pytest.mark.parametrize("passed", range(2))  # the clock is looked at first
@pytest.mark.parametrize("changed", [{"capacity": "5"}, {"title": "Ask about feeds"}])
def test_a_sessions_change_in_doubt_is_saved_once_and_not_called_somebody_elses(
    as_: Any,
    bob: User,
    dr_chen: User,
    subtheme: SubTheme,
    monkeypatch: pytest.MonkeyPatch,
    changed: dict[str, str],
    passed: int,
    *,
    is_done: bool,
) -> None:
    session, browser = planning.plan(subtheme, bob, the_plan([dr_chen.id], now())), as_(bob)
    address = f"/sessions/{session.id}/change"
    page = browser.get(address).text
    names = (*planning.clock.TIMES.values(), "form_token", "seen", "revision")
    kept = {name: re.search(f'name="{name}"[^>]*value="([^"]+)"', page)[1] for name in names}  # type: ignore[index]
    words = {"title": "Ask about rankings", "description_en": "How feeds are ranked.", "description_zh": "如何排序。"}
    left = broken_at_commit(monkeypatch, is_done=is_done, passed=passed)
    answer = browser.send(address, **{**words, **kept, "experts": str(dr_chen.id), "capacity": "3", **changed})
    assert not left and answer.status_code == 303, answer.text
    db.session.rollback()
    db.session.refresh(session)
    assert (session.version, session.description_zh) == (2, "如何排序。")


@on_postgres
@pytest.mark.limits
def test_an_attempt_that_was_cut_off_costs_no_limit(
    app: Any, postgres: Postgres, as_: Any, client: Any, ann: User, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config["LIMITS"], "SEARCH", "20 per minute")
    monkeypatch.setitem(app.config["LIMITS"], "LOGIN", "20 per minute")
    monkeypatch.setitem(app.config["LIMITS"], "LOGIN_ACCOUNT", "20 per minute")

    def left(row: str, who: str) -> int:
        (item,) = parse_many("20 per minute")
        return int(limiter.limiter.get_window_stats(item, "forum", who, row).remaining)

    tried: list[str] = []
    spend = throttle.spend
    monkeypatch.setattr(throttle, "spend", lambda row, who: tried.append(who) or spend(row, who))
    browser, repeated = as_(ann), app.extensions["outlasting"].repeated
    person = f"person:{ann.id}"
    for number in range(1, 9):
        with listening(cut_at(postgres, number)):
            assert browser.get(f"/search?q=ranking+{number}").status_code == 200
        with listening(cut_at(postgres, number)):
            assert client.send("/login", username="nobody", password=PASSWORD).status_code == 422
        assert left("SEARCH", person) == 20 - number
        assert left("LOGIN", "address:127.0.0.1") == 20 - number
    assert app.extensions["outlasting"].repeated >= repeated + 3
    assert left("LOGIN_ACCOUNT", tried[0]) == 20 - number


@pytest.fixture(scope="module")
def server(guard: Any) -> Iterator[Postgres]:
    """A PostgreSQL that only these tests use, since they stop it."""
    server = Postgres(guard, is_durable=True)
    yield server
    server.stop()


@pytest.fixture(scope="module")
def forum(guard: Any, server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """A forum that waits for a minute, so that no machine is too slow for these tests."""
    env = without_limits() | {"DATABASE_URL": server.create("away"), "DATABASE_WAIT": "60"}
    forum = start_forum(guard, tmp_path_factory.mktemp("outlasting"), env, worker=False)
    yield forum
    forum.stop()


def test_restarts_under_readers_and_writers_are_seen_by_nobody(forum: Website, server: Postgres) -> None:
    writers = [known_writer(forum, server, next(names)) for _ in range(3)]
    thread, stop = new_thread(writers[0]), threading.Event()
    answers: list[int] = []
    acknowledged: list[str] = []

    def until_stop(act: Callable[[int], int]) -> None:
        for number in itertools.count():
            answers.append(act(number))
            if stop.is_set():
                return

    def writing(writer: Robot, who: str) -> Callable[[int], int]:
        def write(number: int) -> int:
            body = f"Text {who}{number}."
            status, _ = writer.send(thread.rpartition("/")[0] + "/posts", body=body, form_token=f"{who}-{number}")
            if status == 303:
                acknowledged.append(body)
            return status

        return write

    def reading(reader: Robot) -> Callable[[int], int]:
        return lambda number: reader.get(("/", thread, "/search?q=text", "/static/css/site.css")[number % 4])[0]

    acts = [writing(writer, who) for writer, who in zip(writers, "abc", strict=True)]
    acts += [reading(Robot(forum.url)), reading(writers[0].at(forum.url))]
    with ThreadPoolExecutor(len(acts)) as pool:
        promises = [pool.submit(until_stop, act) for act in acts]
        try:
            for restart in range(4):
                before = len(acknowledged)
                while len(acknowledged) < before + 5:
                    assert not any(promise.done() for promise in promises)
                    time.sleep(0.01)
                (server.kill if restart == 3 else server.halt)()
                time.sleep(restart * 0.4)
                server.resume()
        finally:
            stop.set()
        for promise in promises:
            promise.result()
    assert Counter(status for status in answers if status not in (200, 303)) == Counter()
    assert posts_of(writers[0], thread) == Counter(acknowledged)


def test_only_so_many_wait_and_the_others_are_told(forum: Website, server: Postgres) -> None:
    thread = new_thread(known_writer(forum, server, next(names)))
    server.halt()
    try:
        with ThreadPoolExecutor(2 * PLACES) as pool:
            promises = [pool.submit(Robot(forum.url).get, thread) for _ in range(PLACES + 3)]
            while sum(promise.done() for promise in promises) < 3:
                time.sleep(0.02)
            refused = [promise.result()[0] for promise in promises if promise.done()]
            assert Robot(forum.url).get("/health/live")[0] == 200
            status, answer = Robot(forum.url).get("/health/ready")
            assert (status, json.loads(answer)["status"]) == (503, "the database does not answer")
            assert Robot(forum.url).get(thread)[0] == 503
            server.resume()
            found = Counter(promise.result()[0] for promise in promises)
    finally:
        with connected(server) as connection:
            assert connection.scalar(text("SELECT 1")) == 1
    assert refused == [503] * 3
    assert found == {503: 3, 200: PLACES}


class Server:
    """What a database looks like from outside."""

    def __init__(self) -> None:
        self.is_there = False
        self.looked = 0

    def answers(self) -> bool:
        self.looked += 1
        return self.is_there


def failing(asked: list[bool]) -> Any:
    """An application whose database is away at each attempt."""

    def app(environ: Any, start_response: Any) -> list[bytes]:
        waits = environ[attempts.SLOT].may_wait()
        asked.append(waits)
        start_response("503 AWAY", [(attempts.MARK, "1")] if waits else [])
        return []

    return app


def ask(door: Outlasting) -> list[str]:
    said: list[str] = []
    door({}, lambda status, *_: said.append(status))  # type: ignore[arg-type, misc]
    return said


def test_a_long_outage_is_waited_for_once() -> None:
    asked: list[bool] = []
    server = Server()
    door = Outlasting(failing(asked), server.answers, 1)
    assert ask(door) == ["503 AWAY"] and asked == [True, False], "it waits, and then asks once more, in vain"
    looked = server.looked
    assert looked > 1
    door._failed_at = time.monotonic()
    asked.clear()
    assert ask(door) == ["503 AWAY"] and asked == [False] and server.looked == looked, "it is known to be away"
    door._failed_at = time.monotonic() - 2
    asked.clear()
    assert ask(door) == ["503 AWAY"] and asked == [True, False], "another outage"


def test_who_is_let_in_and_fails_all_the_same_asks_more_and_more_seldom() -> None:
    asked: list[bool] = []
    server = Server()
    server.is_there = True
    assert ask(Outlasting(failing(asked), server.answers, 1)) == ["503 AWAY"]
    assert 3 <= len(asked) <= 6 and asked[-1] is False
