"""Each rule of deploy/alerts.yml rings when it should and not otherwise, played by Prometheus' own program."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.deploy.test_files import DEPLOY, said_by

RULES = DEPLOY / "alerts.yml"
UP = 'up{job="forum",instance="a"}'
WORKER = 'forum_worker_silent_seconds{job="forum",instance="a"}'
WELL = {UP: "1+0x60", WORKER: "30+0x60"}
ANSWERS = 'forum_requests_total{job="forum",instance="a",method="GET",route="%s",status="%s"}'
QUICK, SLOW, ALL = (
    f'forum_request_seconds_bucket{{job="forum",instance="a",route="/login",le="{most}"}}'
    for most in ("1.0", "10.0", "+Inf")
)
# Alert: what Prometheus sees each minute of an hour in which it rings, and in which it does not.
PLAYED: dict[str, tuple[list[dict[str, str]], list[dict[str, str]]]] = {
    "ForumAway": ([{UP: "1+0x10 0+0x60"}, {}], [WELL, {UP: "1+0x10 0 1+0x60"}]),
    "ForumFails": (
        [
            {ANSWERS % ("/login", "200"): "0+90x60", ANSWERS % ("/login", "500"): "0+2x60"},
            {ANSWERS % ("/", "503"): "0+1x60", ANSWERS % ("/health/live", "200"): "0+1000x60"},
        ],
        [
            {ANSWERS % ("/login", "200"): "0+300x60", ANSWERS % ("/login", "500"): "0+2x60"},
            {ANSWERS % ("/login", "200"): "0+10x60", ANSWERS % ("/health/ready", "503"): "0+100x60"},
            {ANSWERS % ("/login", "404"): "0+300x60"},
        ],
    ),
    "ForumSlow": (
        [{QUICK: "0+90x60", SLOW: "0+100x60", ALL: "0+100x60"}],
        [{QUICK: "0+99x60", SLOW: "0+100x60", ALL: "0+100x60"}],
    ),
    "ForumWorkerSilent": (
        [{UP: "1+0x60", WORKER: "0+60x60"}, {UP: "1+0x60"}, WELL | {'up{job="forum",instance="b"}': "1+0x60"}],
        [WELL, {UP: "0+0x60"}],
    ),
    "ForumIndexBehind": ([{"forum_index_waiting": "2000+0x60"}], [{"forum_index_waiting": "1000+0x60"}]),
    "ForumCaseWaits": ([{"forum_oldest_case_seconds": "172800+60x60"}], [{"forum_oldest_case_seconds": "0+60x60"}]),
}


def rings(folder: Path, alert: str, series: dict[str, str]) -> bool:
    """Return whether it rings at the end of an hour in which Prometheus sees these series."""
    test: dict[str, Any] = {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "promql_expr_test": [
                    {
                        "expr": f'count(ALERTS{{alertname="{alert}",alertstate="firing"}}) or vector(0)',
                        "eval_time": "60m",
                        "exp_samples": [{"labels": "{}", "value": 0}],
                    }
                ],
            }
        ],
    }
    file = folder / "test.yml"
    file.write_text(json.dumps(test))  # which is YAML, too
    try:
        said_by("promtool", "test", "rules", file, where="apt-get install prometheus")
    except AssertionError as said:
        assert re.search(r"got:\s+\{\} [1-9]", str(said)), said
        return True
    return False


def test_the_rules_are_sound_and_each_is_played() -> None:
    assert set(re.findall(r"alert: (\w+)", RULES.read_text("utf-8"))) == set(PLAYED)
    assert "SUCCESS" in said_by("promtool", "check", "rules", RULES, where="apt-get install prometheus")


@pytest.mark.parametrize("alert", PLAYED)
def test_it_rings_when_it_should_and_not_otherwise(alert: str, tmp_path: Path) -> None:
    ringing, silent = PLAYED[alert]
    for series in ringing:
        assert rings(tmp_path, alert, series), series
    for series in silent:
        assert not rings(tmp_path, alert, series), series
