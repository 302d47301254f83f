"""Unexpected errors of web server, worker and commands are told once each, and nobody's words with them."""

from __future__ import annotations

import contextlib
import logging
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import NotFound

import wsgi
from forum.core import jobs, web
from forum.core.database import db
from forum.core.errors import Refused
from forum.search import actions
from forum.telemetry import errors
from forum.telemetry.anatomy import MOST_CALLS, described
from tests.servers.mortal import breaks
from tests.servers.receiver import Receiver, nobody
from tests.servers.robot import Robot
from tests.servers.website import ROOT, Website, start_forum, without_limits

# What must not be in any report, each in a request, a command's arguments or its standard input.
LETTER = "Dear Ann, the doctor says it is serious"
PASSWORD = "correct horse battery staple 17"
EMAIL = "dr.chen@hospital.example"
SEARCH = "symptoms-of-something-rare"
NAME = "wei_of_the_hospital"
FIXED = {"release": "2026.11.23", "environment": "development", "level": "error", "platform": "python"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


class Faulty:
    """A forum that reports to `receiver`, in which functions can be broken."""

    def __init__(self, guard: Any, folder: Path, receiver: Receiver, **more: str) -> None:
        self._names = folder / "broken"
        env = without_limits() | breaks(self._names) | {"SENTRY_DSN": receiver.dsn, "FORUM_RELEASE": "2026.11.23"}
        self.website = start_forum(guard, folder, env | more, worker=False)

    @contextlib.contextmanager
    def broken(self, *names: str) -> Iterator[None]:
        """Let the functions fail meanwhile."""
        self._names.write_text(" ".join(names))
        yield
        self._names.unlink()


@pytest.fixture
def faulty(guard: Any, tmp_path: Path, receiver: Receiver) -> Iterator[Faulty]:
    faulty = Faulty(guard, tmp_path, receiver)
    yield faulty
    faulty.website.stop()


def assert_nothing_personal(receiver: Receiver, *more: str) -> None:
    """Walk through all that was sent: bodies as they were before compression, headers and addresses."""
    whole = "\n".join(f"{sent.path}\n{sent.headers}\n{sent.body.decode()}" for sent in receiver.sent)
    words = (LETTER, "Ann,", "serious", PASSWORD, "horse", EMAIL, "dr.chen", SEARCH, NAME, "a-title-of-a-letter", *more)
    for word in words:
        assert word not in whole, word
    assert str(ROOT) not in whole, "the folders of this machine are nobody's"
    for event in receiver.events():
        assert set(event) <= errors.SENT
        assert not re.search(r"\b\d+\.\d+\.\d+\.\d+\b", str(event["tags"]) + str(event["exception"])), "no address"


def cookies_of(robot: Robot) -> list[str]:
    """Return the values of all cookies in a browser."""
    return [cookie.value for cookie in robot._cookies if cookie.value and len(cookie.value) > 5]


def test_a_page_that_fails_is_told_once_and_nothing_of_its_reader(faulty: Faulty, receiver: Receiver) -> None:
    robot = Robot(faulty.website.url)
    robot.register(NAME, PASSWORD)
    secrets = cookies_of(robot)
    assert len(secrets) >= 2
    with faulty.broken("forum.accounts.youth:row"):
        status, page = robot.send("/messages/new", to="ann", title="a-title-of-a-letter", body=LETTER)
    assert status == 500
    number = re.search(r"under number ([0-9a-f]{8})", page)
    assert number
    with faulty.broken("forum.search.queries:_visible"):
        assert robot.get(f"/search?q={SEARCH}")[0] == 500
        assert Robot(faulty.website.url).get(f"/search?q={SEARCH}&author={NAME}")[0] == 500
    stranger = Robot(faulty.website.url)
    stranger._learn_token("/login")
    with faulty.broken("forum.entry.throttle:begin"):
        assert stranger.send("/login", username=EMAIL, password=PASSWORD)[0] == 500
    receiver.wait(lambda: len(receiver.events()) == 4)
    faulty.website.stop()
    assert [event["transaction"] for event in receiver.events()] == ["/messages/new", "/search", "/search", "/login"]
    first = receiver.events()[0]
    assert first | FIXED == first
    tags = {"process": "web", "request": number[1], "route": "/messages/new", "method": "POST"}
    assert first["tags"] == tags
    kinds = [(error["module"], error["type"]) for error in first["exception"]["values"]]
    assert kinds == [("builtins", "KeyError"), ("builtins", "RuntimeError")], "the cause first"
    calls = first["exception"]["values"][-1]["stacktrace"]["frames"]
    ours = next(call for call in calls if call["module"] == "forum.messages.views")
    assert ours["filename"] == "forum/messages/views.py" and "youth.row" in ours["context_line"] and ours["in_app"]
    assert all("vars" not in call and "abs_path" not in call for call in calls)
    assert_nothing_personal(receiver, *secrets, *cookies_of(stranger), robot._csrf)


def test_what_fails_in_front_of_flask_is_told_too(faulty: Faulty, receiver: Receiver) -> None:
    with faulty.broken("forum.core.pagecache.layer:PageCache._key"):
        with contextlib.suppress(Exception):
            Robot(faulty.website.url).get(f"/search?q={SEARCH}")
        (event,) = receiver.wait(receiver.events)
    assert event["tags"] == {"process": "web"}
    assert_nothing_personal(receiver)


def test_the_worker_tells_of_a_job_and_of_a_sweeper_once_each(
    faulty: Faulty, receiver: Receiver, tmp_path: Path
) -> None:
    with faulty.broken("forum.search.actions:mend_index"):
        faulty.website.start_worker()
        receiver.wait(receiver.events)
    with faulty.broken("forum.search.actions:index_owed"):
        enqueue(faulty.website)
        receiver.wait(lambda: len(receiver.events()) == 2)
    faulty.website.stop()
    sweeper, job = receiver.events()
    assert sweeper["tags"] == {"process": "flask worker", "job": "index_sweep"}
    assert job["tags"] == {"process": "flask worker", "job": "index_posts"} and job["transaction"] == "index_posts"
    assert "Unhandled exception in task" in (tmp_path / "worker.log").read_text(), "the log has it as before"
    assert_nothing_personal(receiver)


def enqueue(website: Website) -> None:
    """Put a job into the forum's queue."""
    app = wsgi.create_app({"FORUM_INSTANCE": str(website.instance)})
    with app.app_context():
        jobs.enqueue(actions.index_posts)
        db.engine.dispose()


def test_a_command_tells_of_what_ends_it(faulty: Faulty, receiver: Receiver) -> None:
    faulty.website.flask("people", "create", "ann", "--email", "ann@example.org", "--password-stdin", stdin=PASSWORD)
    with pytest.raises(RuntimeError, match="Error: "):
        faulty.website.flask("people", "role", NAME, "admin")  # refused: there is nobody of that name
    arguments = ("people", "create", NAME, "--email", EMAIL, "--password-stdin")
    with faulty.broken("forum.accounts.actions:register"), pytest.raises(RuntimeError, match="RuntimeError: broken"):
        faulty.website.flask(*arguments, stdin=PASSWORD)
    (event,) = receiver.events()  # sent before the command ended
    assert event["tags"] == {"process": "flask people"}
    assert event | FIXED == event
    assert_nothing_personal(receiver)


def test_refusals_and_outages_are_not_told(faulty: Faulty, receiver: Receiver) -> None:
    robot = Robot(faulty.website.url)
    assert robot.get("/nothing-of-the-kind")[0] == 404
    assert robot.get("/admin")[0] in (303, 401, 403, 404)
    assert robot.ask("/login", username="ann", password=PASSWORD)[0] == 400
    database = faulty.website.instance / "forum.db"
    database.rename(database.with_suffix(".away"))
    database.mkdir()
    assert robot.get("/threads/1")[0] == 503
    faulty.website.stop()
    assert receiver.met == 0


@pytest.mark.parametrize("hangs", [True, False], ids=["silent", "away"])
def test_a_sentry_that_does_not_answer_costs_no_request_and_no_end(
    guard: Any, tmp_path: Path, receiver: Receiver, hangs: bool
) -> None:
    receiver.hangs.set()
    dsn = receiver.dsn if hangs else nobody().replace("//", "//key@") + "/42"
    faulty = Faulty(guard, tmp_path, receiver, SENTRY_DSN=dsn)
    with faulty.broken("forum.search.queries:_visible"):
        for _ in range(2 * errors.MOST_WAITING):
            assert Robot(faulty.website.url).get("/search?q=word")[0] == 500
        assert Robot(faulty.website.url).get("/login")[0] == 200
    if hangs:
        assert receiver.met == 1, "one is being sent, some wait, the others are dropped"
    ended = faulty.website._web
    assert ended is not None
    ended.terminate()
    assert ended.wait(20) == 0, "nobody had to kill it"
    faulty.website.stop()
    assert faulty.website.logs().count("urllib3") < 10, "a line a minute, not three for each report"


def fail(error: Exception) -> Exception:
    """Return the error as it is once it was raised."""
    with contextlib.suppress(type(error)):
        raise error
    return error


def endless(number: int) -> None:
    endless(number + 1)


def test_an_error_is_described_by_kinds_and_places_alone() -> None:
    secret = "what nobody may read"

    def ours() -> None:
        named = secret
        try:
            raise ValueError(named)
        except ValueError:
            raise KeyError(named) from None

    with pytest.raises(KeyError) as caught:
        ours()
    caught.value.add_note(secret)
    (only,) = described(caught.value)
    assert only["type"] == "KeyError", "`from None` hides what was before"
    assert secret not in str(only)
    with pytest.raises(RecursionError) as deep:
        endless(0)
    assert len(described(deep.value)[0]["stacktrace"]["frames"]) == MOST_CALLS
    looped = fail(ValueError())
    looped.__cause__ = fail(KeyError())
    looped.__cause__.__cause__ = looped
    assert [each["type"] for each in described(looped)] == ["KeyError", "ValueError"]


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Exception], int]]:
    """`told(error)`: how many events come of one that is logged twice and then raised on as another's cause."""
    events: list[Any] = []
    reporter = errors.Reporter("https://key@sentry.example/1", "1", "test")
    monkeypatch.setattr(errors, "_client", lambda _options: Client(events))
    log = logging.getLogger("tests.telemetry")
    log.addHandler(reporter)

    def tell(error: Exception) -> int:
        events.clear()
        log.error("once", exc_info=error)
        log.error("twice", exc_info=error)
        again = RuntimeError("on top of it")
        again.__cause__ = error
        if events:
            log.error("and around it", exc_info=again)
        return len(events)

    yield tell
    log.removeHandler(reporter)


class Client:
    """Stands where the library's client does."""

    def __init__(self, events: list[Any]) -> None:
        self.capture_event = events.append


def test_one_error_is_told_once_however_often_it_is_logged(told: Callable[[Exception], int]) -> None:
    assert told(fail(ValueError("x"))) == 1
    for expected in (Refused("no"), NotFound(), OperationalError("SELECT", {}, Exception("away")), OSError(28, "full")):
        assert told(fail(expected)) == 0, expected


def test_what_the_libraries_say_of_themselves_is_no_error_of_the_forum() -> None:
    reporter = errors.Reporter("https://key@sentry.example/1", "1", "test")
    record = logging.LogRecord("opentelemetry.sdk", logging.ERROR, "", 1, "", (), (OSError, OSError("x"), None))
    reporter.emit(record)
    assert reporter._client is None


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_nothing_goes_to_the_browser(app: Any, client: Any) -> None:
    policy = client.get("/login").headers["Content-Security-Policy"]
    assert policy == web.CSP and "sentry" not in client.get("/login").text.lower()


def test_an_error_in_a_template_names_no_folder_of_the_machine(app):
    try:
        app.jinja_env.get_template("accounts/ties.html").render(rows=None)
    except Exception as error:
        told = described(error)
    calls = told[-1]["stacktrace"]["frames"]
    assert str(ROOT) not in str(told) and any(call["module"] == "templates/accounts/ties.html" for call in calls)
