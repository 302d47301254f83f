"""The release before runs on a database that today's code has migrated: its pages and a reply (docs/decisions/0027)."""

from __future__ import annotations

import contextlib
import io
import json
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

import wsgi
from forum.accounts.models import User
from forum.core.database import db
from forum.threads import actions
from forum.threads.models import Thread
from tests.authorization import Line, asked
from tests.security.walking import reading
from tests.servers.neighbour import neighbour
from tests.servers.website import inherited
from tests.stage import VIEWERS, Stage

ROOT = Path(__file__).resolve().parents[2]
# The release before, with 0032 as its newest migration. At each release: the commit that is released.
PREVIOUS = "ea4b5fd17994609919d9ba8433dd1df10622e5e3"
FIRST = ("admin", "holder", "expert_here", "author", "netizen", "anonymous")  # who may most is shown most
SAYS = "Words that the release before has written."
SAYS_TODAY = "Words that today's release has written."


@pytest.fixture(scope="module")
def previous(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the program of the release before."""
    packed = subprocess.run(["git", "archive", PREVIOUS], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        pytest.skip(f"the history does not hold the release before, {PREVIOUS}: a shallow clone, or no clone")
    folder = tmp_path_factory.mktemp("previous")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as files:
        files.extractall(folder, filter="data")
    return folder


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_its_pages_and_a_reply_work_on_todays_schema(app: Flask, stage: Stage, previous: Path, tmp_path: Path) -> None:
    db.session.rollback()
    with contextlib.closing(sqlite3.connect(tmp_path / "forum.db")) as copy:
        here: Any = db.session.connection().connection.driver_connection
        here.backup(copy)
    shutil.copytree(Path(app.config["FORUM_INSTANCE"]) / "exports", tmp_path / "exports")  # one that can be fetched
    settings = {"FORUM_INSTANCE": str(tmp_path), "SECRET_KEY": "k" * 40, "JOBS": "memory", "RATELIMIT_ENABLED": False}
    thread = f"/threads/{stage.threads['visible']}"
    order = {
        "settings": settings,
        "asks": [_ask(stage, *each) for each in _readable()],
        "reply": [f"{thread}/posts", stage.tokens["alice"], SAYS],
    }
    today = wsgi.create_app(settings)
    address = today.test_client().get(f"{thread}/x").location
    kept = [today.test_client().get(address).text for _ in range(2)]
    told = _walk(previous, order)
    assert not told["wrong"], "\n".join(told["wrong"])
    assert told["asked"] > 100, "nearly every page of today's table is older than this release"
    page = today.test_client().get(address).text
    assert SAYS in page and SAYS not in kept[1], (
        "the pages that today's release keeps know of what the other one writes"
    )
    with neighbour(settings, previous) as former:
        assert [former.read(address, {})[0] for _ in range(2)] == [False, True]
        with today.app_context():
            actions.post_reply(*_thread_and_author(stage), SAYS_TODAY)
        was_kept, page = former.read(address, {})
        assert SAYS_TODAY in page and not was_kept, "and the other way round"


def _thread_and_author(stage: Stage) -> tuple[Thread, User]:
    return db.session.get_one(Thread, stage.threads["visible"]), db.session.get_one(User, stage.people["alice"])


def _readable() -> list[tuple[Line, str]]:
    """Return a line of the table for each address that somebody can read, with whoever may most of those who can."""
    found = []
    for _path, group in groupby(reading(), lambda line: line.path):
        lines = list(group)
        found += [(line, viewer) for viewer in FIRST for line in lines if line.expected(viewer) == "200"][:1]
    return found


def _ask(stage: Stage, line: Line, viewer: str) -> list[Any]:
    request, name = asked(line, stage, viewer), VIEWERS[viewer]
    return [str(line), request.url, request.query, request.headers, stage.tokens[name] if name else "", 200]


def _walk(folder: Path, order: dict[str, Any]) -> dict[str, Any]:
    """Let the program in `folder` carry out the order in a process of its own."""
    walker = Path(__file__).with_name("walk.py").read_text("utf-8")
    done = subprocess.run(
        [sys.executable, "-c", walker],
        cwd=folder,
        env=inherited(),
        input=json.dumps(order),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)
