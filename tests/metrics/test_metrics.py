"""/metrics tells the operator's collector, and nobody else, what was answered, how long it took and what waits."""

from __future__ import annotations

import json
import logging
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.exc import OperationalError

import wsgi
from forum import serve
from forum.core.database import db
from forum.core.gauges import Gauge, gauges
from forum.core.log_lines import JsonLines
from forum.metrics import counting
from forum.subthemes.actions import ensure_seven
from tests import schema
from tests.servers.robot import Robot
from tests.servers.website import ROOT, start_forum, without_limits

TOKEN = "a token of some length"
SENT = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A forum whose operator has set a token."""
    folder = tmp_path_factory.mktemp("measured")
    schema.put_into(folder)
    app = wsgi.create_app({"TESTING": True, "FORUM_INSTANCE": str(folder), "METRICS_TOKEN": TOKEN, "JOBS": "memory"})
    with app.app_context():
        ensure_seven()
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
    counting._made.clear()


def figures(app: Flask) -> dict[tuple[str, ...], float]:
    """Return each figure by its name and the values of its labels in alphabetical order."""
    answer = app.test_client().get("/metrics", headers=SENT)
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type.startswith("text/plain")
    samples = (sample for family in text_string_to_metric_families(answer.text) for sample in family.samples)
    return {(sample.name, *sorted(sample.labels.values())): sample.value for sample in samples}


def test_it_counts_what_was_answered(measured: Flask) -> None:
    client, before = measured.test_client(), figures(measured)
    for path in ("/", "/", "/", "/login", "/subthemes/nowhere", "/nothing-of-the-kind"):
        client.get(path)
    client.open("/", method="BREW")

    def more(name: str, *labels: str) -> float:
        key = (name, *sorted(labels))
        return figures(measured).get(key, 0) - before.get(key, 0)

    assert more("forum_requests_total", "/login", "GET", "200") == 1
    assert more("forum_requests_total", "/subthemes/<slug>", "GET", "404") == 1, "routes, not addresses"
    assert more("forum_requests_total", "none", "GET", "404") == 1
    assert more("forum_requests_total", "none", "other", "405") + more("forum_requests_total", "/", "other", "405") == 1
    assert more("forum_kept_pages_total", "made") == 1 and more("forum_kept_pages_total", "kept") == 2
    assert more("forum_request_seconds_count", "/login") == 1
    assert more("forum_request_statements_sum", "/") >= 1


def test_it_counts_who_watches(measured: Flask) -> None:
    client, before = measured.test_client(), figures(measured)
    for _ in range(4):
        assert client.get("/live").status_code == 200
    found = figures(measured)
    told = [found[key] - before[key] for key in (("forum_live_asks_total",), ("forum_live_seconds_total",))]
    assert told == [4, 60.0], "a page that asks every 15 seconds adds one in each second"


def test_it_says_what_waits(measured: Flask) -> None:
    found = figures(measured)
    assert found[("forum_jobs_waiting",)] == found[("forum_index_waiting",)] == 0
    assert found[("forum_notices_waiting",)] == found[("forum_oldest_case_seconds",)] == 0


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer"}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"},
     {"Authorization": f"Bearer {TOKEN} "[:-3]}, {"Authorization": "Bearer ä".encode().decode("latin-1")}],
)  # fmt: skip
def test_nobody_else_sees_it(measured: Flask, headers: dict[str, str]) -> None:
    assert measured.test_client().get("/metrics", headers=headers).status_code == 404
    assert "forum_" not in measured.test_client().get(f"/metrics?token={TOKEN}").text


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_without_a_token_there_is_no_such_page(app: Flask, client: Any) -> None:
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        assert client.get("/metrics", headers=headers).status_code == 404


def test_a_slow_statement_is_logged_without_its_values(measured: Flask, caplog: Any) -> None:
    before = figures(measured)[("forum_slow_statements_total",)]
    measured.config["SLOW_STATEMENT_MS"] = 1
    numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)"
    slow = f"{numbers} SELECT max(i) FROM n WHERE i > length(:it)"
    with measured.app_context(), caplog.at_level(logging.WARNING):
        db.session.execute(db.text(slow), {"it": "a secret"})
        db.session.rollback()
    measured.config["SLOW_STATEMENT_MS"] = 500
    assert "slow statement: " in caplog.text and "WITH RECURSIVE" in caplog.text
    assert "a secret" not in caplog.text
    assert figures(measured)[("forum_slow_statements_total",)] == before + 1


def test_a_line_of_the_log_may_be_an_object(measured: Flask) -> None:
    record = logging.LogRecord("forum.x", logging.WARNING, __file__, 1, "two\nlines of %s", ("\u202eAlice",), None)
    with measured.test_request_context("/login"):
        line = JsonLines().format(record)
    assert "\n" not in line and line.isascii()
    assert json.loads(line) | {"time": ""} == {
        "time": "", "level": "warning", "logger": "forum.x", "message": "two\nlines of \u202eAlice",
        "request": "", "route": "/login",
    }  # fmt: skip


def test_the_processes_of_one_server_count_together(guard: Any, tmp_path: Path) -> None:
    env = without_limits() | {"METRICS_TOKEN": TOKEN, "WEB_WORKERS": "3"}
    forum = start_forum(guard, tmp_path, env, worker=False, web_workers=3)
    try:
        for _ in range(30):
            assert Robot(forum.url).get("/login")[0] == 200
        with urllib.request.urlopen(urllib.request.Request(f"{forum.url}/metrics", headers=SENT)) as answer:
            text = answer.read().decode()
    finally:
        forum.stop()
    assert 'forum_requests_total{method="GET",route="/login",status="200"} 30.0' in text
    assert "forum_index_waiting 0.0" in text


def test_while_the_database_is_away_the_rest_is_told(measured: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> float:
        raise OperationalError("SELECT 1", {}, Exception("the server does not answer"))

    monkeypatch.setitem(gauges, "forum_index_waiting", Gauge("it", away))
    measured.test_client().get("/login")
    found = figures(measured)
    assert ("forum_index_waiting",) not in found, "nobody knows it"
    assert ("forum_oldest_case_seconds",) not in found, "and it is not waited for again"
    assert ("forum_jobs_waiting",) in found
    assert any(name[0] == "forum_requests_total" for name in found), "what fails is just what one wants to know"


def test_servers_that_share_a_folder_count_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for port in ("8001", "8002"):
        monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
        monkeypatch.setenv("PORT", port)
        app = Flask("counting")
        app.config.update(METRICS_TOKEN=TOKEN, WEB_WORKERS=2, FORUM_INSTANCE=str(tmp_path))
        wsgi._count_together(app)
        (tmp_path / "metrics" / port / "counter_1.db").touch()
    monkeypatch.setenv("FORUM_INSTANCE", str(tmp_path))
    serve.forget_counts(8001)
    assert [path.parent.name for path in (tmp_path / "metrics").rglob("*.db")] == ["8002"], "the other goes on counting"


def test_rules_and_board_speak_of_figures_that_there_are(measured: Flask) -> None:
    told = measured.test_client().get("/metrics", headers=SENT).text
    for name in ("alerts.yml", "grafana-board.json"):
        text = (ROOT / "deploy" / name).read_text("utf-8")
        figures = {re.sub("_(bucket|sum|count)$", "", word) for word in re.findall(r"forum_[a-z_]+", text)}
        assert figures
        assert {figure for figure in figures if f"{figure}" not in told} <= {"forum_worker_silent_seconds"}, name
    json.loads((ROOT / "deploy/grafana-board.json").read_text("utf-8"))
