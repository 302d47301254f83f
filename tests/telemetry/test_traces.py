"""Traces tell which route, job or statement took how long, and nothing of who asked for what."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Response
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from sqlalchemy import text

import wsgi
from forum.config import SETTINGS, UnsafeSetting, load
from forum.core import jobs
from forum.core.attempts import MARK
from forum.core.database import db
from forum.core.plugs import fill
from forum.telemetry import sending, statements, traces
from tests import schema
from tests.servers.mortal import breaks
from tests.servers.receiver import Receiver, Told, nobody
from tests.servers.robot import Robot
from tests.servers.website import ROOT, inherited, start_forum, without_limits
from tests.telemetry.test_errors import EMAIL, LETTER, NAME, PASSWORD, SEARCH, cookies_of, enqueue

ALL = {"OTEL_TRACES_SAMPLER_ARG": "1"}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


def traced(receiver: Receiver, name: str) -> list[Told]:
    """Return the spans of that name that have come."""
    return [span for span in receiver.spans() if span.name == name]


def test_requests_jobs_and_statements_are_told_without_anybodys_words(
    guard: Any, tmp_path: Path, receiver: Receiver
) -> None:
    names = tmp_path / "broken"
    env = without_limits() | ALL | breaks(names) | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint + "/"}
    env |= {"FORUM_RELEASE": "2026.11.23", "OTEL_SERVICE_NAME": "gathering-of-ours"}
    forum = start_forum(guard, tmp_path, env, samples=True)
    try:
        robot = Robot(forum.url)
        robot.register(NAME, PASSWORD)
        assert robot.get(f"/search?q={SEARCH}&author={NAME}")[0] == 200
        assert robot.send("/threads/1/posts", body=LETTER)[0] in (303, 422)
        Robot(forum.url).ask("/login", username=EMAIL, password=PASSWORD)
        assert robot.get("/subthemes/nowhere")[0] == 404
        names.write_text("forum.search.queries:_visible forum.search.actions:index_owed")
        assert robot.get(f"/search?q={SEARCH}")[0] == 500
        enqueue(forum)
        failed_job = receiver.wait(lambda: [told for told in traced(receiver, "job index_posts") if told.failed])[0]
        names.unlink()
        secrets = cookies_of(robot)
    finally:
        forum.stop()  # sends the rest
    searches = traced(receiver, "GET /search")
    assert [span.facts["http.response.status_code"] for span in searches] == [200, 500]
    assert [span.failed for span in searches] == [False, True] and searches[1].facts["error.type"] == "500"
    assert {span.facts["http.request.method"] for span in searches} == {"GET"}
    assert searches[0].facts["http.route"] == "/search" and len(searches[0].facts["forum.request"]) == 8
    theirs = [span for span in receiver.spans() if span.trace == searches[0].trace and span.parent]
    assert len(theirs) == searches[0].facts["forum.statements"] >= 1
    assert {span.parent for span in theirs} == {searches[0].id}
    assert all(span.facts["db.query.text"] and span.facts["db.system.name"] == "sqlite" for span in theirs)
    (lost,) = traced(receiver, "GET /subthemes/<slug>")
    assert lost.facts["http.response.status_code"] == 404 and not lost.failed, "a refusal is no failure"
    assert traced(receiver, "POST /threads/<int:thread_id>/posts") and traced(receiver, "POST /register")
    assert failed_job.facts["error.type"] == "RuntimeError" and failed_job.facts["forum.job"] == "index_posts"
    assert traced(receiver, "job index_sweep"), "sweepers, too"
    assert not [span for span in receiver.spans() if "/health" in span.name or "/static" in span.name]
    sender = searches[0].sender
    assert sender["service.name"] == "gathering-of-ours" and sender["service.version"] == "2026.11.23"
    assert not {fact for fact in sender if fact.startswith(("process.", "host."))}
    whole = b"\n".join(sent.headers.encode() + sent.body for sent in receiver.sent).decode(errors="replace")
    for word in (LETTER, "serious", PASSWORD, EMAIL, SEARCH, NAME, "127.0.0.1", *secrets):
        assert word not in whole.replace(f"Host: {receiver.endpoint.removeprefix('http://')}", ""), word


def test_a_page_from_memory_has_no_span(guard: Any, tmp_path: Path, receiver: Receiver) -> None:
    env = without_limits() | ALL | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
    forum = start_forum(guard, tmp_path, env, worker=False)
    for _ in range(3):
        assert Robot(forum.url).get("/")[0] == 200
    forum.stop()
    assert len(traced(receiver, "GET /")) == 1


def test_all_processes_of_one_server_tell_theirs(guard: Any, tmp_path: Path, receiver: Receiver) -> None:
    env = without_limits() | ALL | {"OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint, "WEB_WORKERS": "2"}
    forum = start_forum(guard, tmp_path, env, worker=False, web_workers=2)
    for _ in range(20):
        assert Robot(forum.url).get("/login")[0] == 200
    receiver.wait(lambda: len(traced(receiver, "GET /login")) == 20)
    forum.stop()
    assert len({span.sender["service.instance.id"] for span in traced(receiver, "GET /login")}) == 2


@pytest.mark.parametrize("hangs", [True, False], ids=["silent", "away"])
def test_a_collector_that_does_not_answer_costs_no_request_and_no_end(
    guard: Any, tmp_path: Path, receiver: Receiver, hangs: bool
) -> None:
    receiver.hangs.set()
    endpoint = receiver.endpoint if hangs else nobody()
    forum = start_forum(guard, tmp_path, without_limits() | ALL | {"OTEL_EXPORTER_OTLP_ENDPOINT": endpoint})
    robot = Robot(forum.url)
    deadline = time.monotonic() + 60
    while (not receiver.met if hangs else "takes no traces" not in forum.logs()) and time.monotonic() < deadline:
        assert robot.get("/login")[0] == 200
    assert receiver.met or not hangs
    for _ in range(300):
        assert robot.get("/login")[0] == 200
    for process in (forum._web, forum._worker):
        assert process is not None
        process.terminate()
        assert process.wait(20) == 0, "nobody had to kill it"
    logs = forum.logs()
    forum.stop()
    assert "opentelemetry" not in logs and "Traceback" not in logs


def test_of_a_collector_that_takes_nothing_one_line_a_minute_is_written(caplog: Any) -> None:
    class Away(SpanExporter):
        def export(self, spans: Any) -> SpanExportResult:
            return SpanExportResult.FAILURE

    quiet = sending._Quiet(Away())
    for _ in range(5):
        quiet.export([])
    assert caplog.text.count("takes no traces") == 1
    quiet._said -= sending.SILENCE_SECONDS
    quiet.export([])
    assert caplog.text.count("takes no traces") == 2


def test_the_end_does_not_wait_for_each_batch_of_a_silent_collector(receiver: Receiver) -> None:
    receiver.hangs.set()
    sender = sending.Sender(receiver.endpoint, "1", "test", 1.0)
    for _ in range(2 * sending.MOST_WAITING):
        sender.tracer.start_span("x").end()
    sender.close()
    assert receiver.met <= 2, "one was on its way, and the time was over before the others"


@pytest.fixture
def all_traced(tmp_path: Path, receiver: Receiver) -> Iterator[Any]:
    """An application in this process, of which everything is traced."""
    schema.put_into(tmp_path)
    around = [*jobs.around]
    settings = {"FORUM_INSTANCE": str(tmp_path), "JOBS": "memory", "OTEL_EXPORTER_OTLP_ENDPOINT": receiver.endpoint}
    app = wsgi.create_app({**settings, "OTEL_TRACES_SAMPLER_ARG": 1.0, "TESTING": True})
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    jobs.around[:] = around


def test_a_stranger_chooses_neither_what_is_traced_nor_its_number(all_traced: Any, receiver: Receiver) -> None:
    theirs = "4bf92f3577b34da6a3ce929d0e0e4736"
    client = all_traced.test_client()
    client.get("/login", headers={"traceparent": f"00-{theirs}-00f067aa0ba902b7-00", "tracestate": "a=b"})
    client.open("/nothing/of/the/kind", method="BREW")
    all_traced.extensions["tracing"]._sender.close()
    (span,) = traced(receiver, "GET /login")
    assert span.trace.hex() != theirs and not span.parent
    (other,) = traced(receiver, "_OTHER")
    assert "http.route" not in other.facts


def test_an_attempt_that_nobody_gets_an_answer_from_is_no_failure(all_traced: Any, receiver: Receiver) -> None:
    all_traced.after_request_funcs[None].append(lambda answer: Response(status=503, headers={MARK: "1"}))
    all_traced.test_client().get("/login")
    all_traced.extensions["tracing"]._sender.close()
    (span,) = traced(receiver, "GET /login")
    assert span.facts["forum.repeated"] and not span.failed and "http.response.status_code" not in span.facts


def test_what_keeps_traces_from_being_made_keeps_nobody_from_reading(
    all_traced: Any, monkeypatch: Any, caplog: Any
) -> None:
    def refuse(*_: Any) -> None:
        raise OSError("no such certificate")

    monkeypatch.setattr(sending, "Sender", refuse)
    for _ in range(3):
        assert all_traced.test_client().get("/login").status_code == 200
    assert caplog.text.count("there are no traces") == 1 and "certificate" in caplog.text


def test_a_statement_that_fails_and_one_too_many(all_traced: Any, receiver: Receiver) -> None:
    @jobs.job
    def many_statements() -> None:
        for _ in range(traces.MOST_STATEMENTS):
            db.session.execute(text("SELECT :it"), {"it": LETTER})
        db.session.execute(text(f"SELECT nothing FROM posts WHERE '{LETTER}' = 17"))

    with all_traced.app_context():
        jobs.enqueue(many_statements)
        huey = all_traced.extensions["huey"]
        huey.execute(huey.dequeue())
    del jobs._jobs["many_statements"]
    all_traced.extensions["tracing"]._sender.close()
    (job,) = traced(receiver, "job many_statements")
    assert job.failed and job.facts["error.type"] == "OperationalError"
    assert job.facts["forum.statements"] > traces.MOST_STATEMENTS
    inside = [span for span in receiver.spans() if span.parent == job.id]
    assert len(inside) == traces.MOST_STATEMENTS
    assert all(LETTER not in str(span.facts) for span in inside)


@pytest.mark.parametrize(
    ("statement", "name", "told"),
    [
        ("SELECT a FROM posts\n  WHERE id = 17 AND b = 'it''s hers' LIMIT 2.5", "SELECT posts",
         "SELECT a FROM posts WHERE id = ? AND b = ? LIMIT ?"),
        ('INSERT INTO "mail" (to_1) VALUES (%(to_1)s, :p2, ?, $1)', "INSERT mail",
         'INSERT INTO "mail" (to_1) VALUES (%(to_1)s, :p2, ?, $1)'),
        ("UPDATE people SET x=1", "UPDATE people", "UPDATE people SET x=?"),
        ("PRAGMA optimize", "PRAGMA", "PRAGMA optimize"),
        (r"SELECT a FROM posts WHERE b = E'it\'s hers' AND c = e'\\' AND d = 'x'", "SELECT posts",
         "SELECT a FROM posts WHERE b = ? AND c = ? AND d = ?"),
        ("SELECT a FROM posts WHERE b = $$it's\nhers$$ AND c = $q$of $$ hers$q$ AND d = $1", "SELECT posts",
         "SELECT a FROM posts WHERE b = ? AND c = ? AND d = $1"),
        (r"SELECT U&'d\0061t', X'1f', N'hers', 1e5, .5, 1_000 FROM posts", "SELECT posts",
         "SELECT ?, ?, ?, ?, ?, ? FROM posts"),
        ("SELECT a FROM posts WHERE b = 'cut of", "SELECT posts", "SELECT a FROM posts WHERE b = ?"),
        ("SELECT a FROM posts WHERE b = $$cut of", "SELECT posts", "SELECT a FROM posts WHERE b = ?"),
        ("SELECT like_1 FROM posts WHERE name LIKE 'a%'", "SELECT posts", "SELECT like_1 FROM posts WHERE name LIKE ?"),
    ],
)  # fmt: skip
def test_a_statement_is_worded_without_values(statement: str, name: str, told: str) -> None:
    assert statements.worded(statement) == (name, told)
    assert len(statements.worded(f"SELECT {'x, ' * 1000}")[1]) == statements.LONGEST


def test_by_default_one_in_ten_is_traced(tmp_path: Path) -> None:
    default = {setting.name: setting.default for setting in SETTINGS}["OTEL_TRACES_SAMPLER_ARG"]
    assert load({"FORUM_INSTANCE": str(tmp_path)}, ROOT)["OTEL_TRACES_SAMPLER_ARG"] == float(default) == 0.1
    sender = sending.Sender(nobody(), "1", "test", 0.1)
    kept = sum(sender.tracer.start_span("x").is_recording() for _ in range(5000))
    sender._provider._active_span_processor._span_processors[0]._batch_processor._queue.clear()
    sender.close()
    assert 350 < kept < 650


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SENTRY_DSN", "sentry.example"), ("SENTRY_DSN", "https://sentry.example/1"),
        ("SENTRY_DSN", "https://key@sentry.example/name"), ("SENTRY_DSN", "ftp://key@sentry.example/1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4318"), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://collector:4317"),
        ("OTEL_TRACES_SAMPLER_ARG", "10"), ("OTEL_TRACES_SAMPLER_ARG", "-0.1"), ("OTEL_TRACES_SAMPLER_ARG", "nan"),
        ("FORUM_RELEASE", "a b"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_the_start(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(UnsafeSetting, match=name):
        load({"FORUM_INSTANCE": str(tmp_path), name: value}, ROOT)


@pytest.mark.parametrize(
    ("name", "value", "library"),
    [
        ("SENTRY_DSN", "https://key@sentry.example/1", "sentry_sdk"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318", "opentelemetry"),
    ],
)
def test_without_the_library_it_says_what_to_install(tmp_path: Path, name: str, value: str, library: str) -> None:
    program = f"import sys; sys.modules[{library!r}] = None; import wsgi; wsgi.create_app()"
    env = inherited() | {"FORUM_INSTANCE": str(tmp_path), name: value}
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1 and ended.stderr.strip() == (
        f"{name} is set, and its library is not installed. Install it: make observability"
    )


def test_jobs_are_watched_once_however_many_applications_there_are() -> None:
    before = [*jobs.around]
    try:
        fill(jobs.around, traces._around_a_job)
        fill(jobs.around, traces._around_a_job)
        assert jobs.around.count(traces._around_a_job) == 1
    finally:
        jobs.around[:] = before
