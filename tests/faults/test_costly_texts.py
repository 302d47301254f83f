"""Many costly texts at once: readers read on, and who writes as people do is heard meanwhile."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.servers.robot import Robot
from tests.servers.website import Website, start_forum, without_limits

PASSWORD = "a bridge of seven arches"
HOSTILE = 8  # people with one preview under way each, which is all that one person can have
COSTLY = "|-|\n" * 8000
PROSE = "I have read the draft, and *three* points are new. " * 20


@pytest.fixture
def forum(guard: Any, tmp_path: Any) -> Iterator[Website]:
    forum = start_forum(guard, tmp_path, without_limits(), worker=False)
    yield forum
    forum.stop()


def person(forum: Website, name: str) -> Robot:
    """Return the browser of somebody new whose posts are not held."""
    robot = Robot(forum.url)
    robot.register(name, PASSWORD)
    with contextlib.closing(sqlite3.connect(forum.instance / "forum.db")) as database:
        database.execute("UPDATE users SET standing = 'active', published_count = 10, trust_level = 2")
        database.commit()
    return robot


@pytest.mark.parametrize("path", ["/preview?thread={thread}", "/threads/{thread}/posts"])
def test_readers_and_writers_go_on_while_costly_texts_come_in(forum: Website, path: str) -> None:
    writer = person(forum, "writer")
    _, where = writer.send("/subthemes/law-online/threads/new", title="Who waits?", body="Nobody should.")
    thread = where.split("/")[2]
    attackers = [person(forum, f"attacker{number}") for number in range(HOSTILE)]
    stop, under_way = threading.Event(), threading.Barrier(HOSTILE + 1)

    def attack(robot: Robot) -> list[int]:
        under_way.wait()
        statuses = []
        while not stop.is_set():
            statuses.append(robot.send(path.format(thread=thread), body=COSTLY)[0])
        return statuses

    with ThreadPoolExecutor(HOSTILE) as pool:
        attacks = [pool.submit(attack, robot) for robot in attackers]
        under_way.wait()
        try:
            reader = Robot(forum.url)
            acts = []
            for number in range(5):
                acts.append(reader.get("/")[0])
                acts.append(writer.send(f"/threads/{thread}/posts", body=f"{PROSE}{number}")[0])
                acts.append(writer.send(f"/preview?thread={thread}", body=PROSE)[0])
        finally:
            stop.set()
        refused = [status for attack in attacks for status in attack.result()]
    assert acts == [200, 303, 200] * 5
    assert set(refused) == {422, 503}, "too costly, or no turn: never anything else"
