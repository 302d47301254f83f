"""A setting that the forum refuses to start with is named in one line, whoever meets it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from forum.serve import flask_command, web_command
from tests.servers.waiting import HOST, free_port
from tests.servers.website import ROOT, inherited

WEAK = {"FORUM_ENV": "production", "SECRET_KEY": "weak"}


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        (WEAK, "SECRET_KEY is weak: production needs"),
        ({"LIMIT_REPLY": "many"}, "LIMIT_REPLY must look like"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES must be a whole number"),
    ],
)
@pytest.mark.parametrize(
    "command", [flask_command("doctor"), flask_command("worker"), []], ids=["doctor", "worker", "web"]
)
def test_it_is_one_line_and_status_1(tmp_path: Path, command: list[str], settings: dict[str, str], line: str) -> None:
    env = {**inherited(), "FORUM_INSTANCE": str(tmp_path), **settings}
    done = subprocess.run(
        command or web_command(HOST, free_port()), cwd=ROOT, env=env, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    (said,) = done.stderr.splitlines()
    assert said.startswith(line)
    assert "Traceback" not in done.stdout
