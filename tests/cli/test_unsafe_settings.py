"""A setting that the forum refuses to start with is named in one line, whoever meets it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from forum.serve import web_command
from tests.servers.commands import COMMANDS
from tests.servers.waiting import HOST, free_port
from tests.servers.website import ROOT, inherited

WEAK = {"FORUM_ENV": "production", "SECRET_KEY": "weak"}


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)  # no process gets as far as a database
@pytest.mark.parametrize(
    ("command", "settings", "line"),
    [
        ("doctor", WEAK, "SECRET_KEY is weak: production needs"),
        ("worker", WEAK, "SECRET_KEY is weak: production needs"),
        ("web", WEAK, "SECRET_KEY is weak: production needs"),
        ("worker", {"LIMIT_REPLY": "many"}, "LIMIT_REPLY must look like"),
        ("web", {"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES must be a whole number"),
    ],
)
def test_it_is_one_line_and_status_1(tmp_path: Path, command: str, settings: dict[str, str], line: str) -> None:
    env = {**inherited(), "FORUM_INSTANCE": str(tmp_path), **settings}
    if command == "web":
        started = [*web_command(HOST, free_port())]
        done = subprocess.run(started, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)
        status, said, also = done.returncode, done.stderr, done.stdout
    else:
        status, said = COMMANDS.run([command], env)
        also = said
    assert status == 1
    assert said.startswith(line) and len(said.splitlines()) == 1
    assert "Traceback" not in also
