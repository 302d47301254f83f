"""An import that is killed at any moment and started again ends as one that ran through."""

import contextlib
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from forum.accounts.models import User
from forum.archive.importing import import_file
from forum.core.database import db
from forum.serve import flask_command
from forum.threads.models import Post
from tests.archive.discussions import content, many, write
from tests.plugins.application import _empty
from tests.servers.commands import COMMANDS
from tests.servers.website import inherited

KILLS = 3


def in_database() -> int:
    """Return how many people and posts are committed."""
    db.session.rollback()
    return sum(db.session.scalar(select(func.count()).select_from(model)) or 0 for model in (User, Post))


@pytest.fixture
def environment(app: Flask) -> dict[str, str]:
    """What makes `flask …` work on the database of this test."""
    place = {"DATABASE_URL": app.config.get("DATABASE_URL", ""), "FORUM_INSTANCE": app.config["FORUM_INSTANCE"]}
    return {**inherited(), **place}


def import_until(file: Path, environment: dict[str, str], wanted: int) -> bool:
    """Import in a process of its own and kill it once `wanted` rows are committed; return whether it ended before."""
    log = file.with_suffix(".log")
    process = COMMANDS.start(flask_command("archive", "import", str(file)), environment, log)
    while process.poll() is None and in_database() < wanted:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
    ended = process.poll() is not None
    if not ended:
        os.killpg(process.pid, signal.SIGKILL)
    assert process.wait() == (0 if ended else -signal.SIGKILL), log.read_text("utf-8")
    return ended


def thresholds(chance: random.Random, rows: int) -> Iterator[int]:
    """Return when to kill: right after the first people, then anywhere, each time later than before."""
    yield 1
    yield from sorted(chance.sample(range(30, rows), KILLS - 1))


def test_it_ends_as_one_that_ran_through(app: Flask, environment: dict[str, str], tmp_path: Path):
    file = write(tmp_path, many(threads=55, replies=19))  # three batches
    import_file(file)
    whole, everything = content(), in_database()
    _empty()
    killed = 0
    for wanted in thresholds(random.Random(2), everything):
        killed += not import_until(file, environment, wanted)
        assert in_database() < everything or killed < KILLS
    assert killed >= 2, "the moments of the kills came too late to prove anything"
    assert import_until(file, environment, everything + 1)
    assert content() == whole
    assert import_file(file).added == {"person": 0, "subtheme": 0, "thread": 0, "post": 0}
    assert content() == whole
