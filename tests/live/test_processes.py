"""Two web processes tell the same state, and each reply with the next answer of either."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.servers.postgres import Postgres
from tests.servers.robot import Robot
from tests.servers.website import Website, start_forum, without_limits

PASSWORD = "a bridge of seven arches"
GROWN_UP = "UPDATE users SET standing = 'active', published_count = 10, trust_level = 2"
REPLIES = 6
ASKS = 8  # each a connection of its own, which goes to either process


@pytest.fixture(params=["sqlite", "postgres"])
def forum(request: pytest.FixtureRequest, guard: Any, tmp_path: Path) -> Iterator[Website]:
    """A forum of two web processes, and one robot who is known for long."""
    env = without_limits()
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        env |= {"DATABASE_URL": server.create("live")}
    forum = start_forum(guard, tmp_path, env, worker=False, web_workers=2)
    forum.writer = Robot(forum.url)  # type: ignore[attr-defined]
    forum.writer.register("writer", PASSWORD)  # type: ignore[attr-defined]
    if request.param == "postgres":
        with psycopg.connect(env["DATABASE_URL"].replace("+psycopg", "")) as database:
            database.execute(GROWN_UP)
    else:
        with sqlite3.connect(forum.instance / "forum.db") as lite:
            lite.execute(GROWN_UP)
        lite.close()
    yield forum
    forum.stop()


def test_the_next_ask_of_either_knows_of_a_reply(forum: Website) -> None:
    writer: Robot = forum.writer  # type: ignore[attr-defined]
    status, where = writer.send("/subthemes/law-online/threads/new", title="Who counts on whom?", body="I do.")
    assert status == 303, where
    found = re.search(r"/threads/(\d+)/", where)
    assert found
    for number in range(REPLIES):
        assert {told(forum, found[1])["replies"] for _ in range(ASKS)} == {number}
        status, where = writer.send(f"/threads/{found[1]}/posts", body=f"So do I, {number} times over.")
        assert status == 303, where
    assert {told(forum, found[1])["replies"] for _ in range(ASKS)} == {REPLIES}


def told(forum: Website, thread: str) -> dict[str, int]:
    """What a visitor's ask is answered."""
    status, text = Robot(forum.url).get(f"/live?thread={thread}")
    assert status == 200
    return dict(json.loads(text.partition("data: ")[2]))
