"""Several web processes keep pages while people write: no visitor reads what was there before an accepted change."""

from __future__ import annotations

import itertools
import random
import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.servers.postgres import Postgres
from tests.servers.robot import Robot
from tests.servers.website import Website, start_forum, without_limits

PASSWORD = "a bridge of seven arches"
PROCESSES = 4
WRITERS = 2
CHANGES = 12  # of each writer
READERS = 3
GROWN_UP = "UPDATE users SET standing = 'active', published_count = 10, trust_level = 2"


@pytest.fixture(params=["sqlite", "postgres"])
def forum(request: pytest.FixtureRequest, guard: Any, tmp_path: Any) -> Iterator[Website]:
    """A forum of four web processes, in which everybody who writes is known for long."""
    env = without_limits()
    if request.param == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        env |= {"DATABASE_URL": server.create("kept")}
    forum = start_forum(guard, tmp_path, env, worker=False, web_workers=PROCESSES)
    forum.grow_up = _on_sqlite(forum) if request.param == "sqlite" else _on_postgres(env["DATABASE_URL"])  # type: ignore[attr-defined]
    yield forum
    forum.stop()


def _on_sqlite(forum: Website) -> Callable[[], None]:
    def grow_up() -> None:
        with sqlite3.connect(forum.instance / "forum.db") as database:
            database.execute(GROWN_UP)
        database.close()

    return grow_up


def _on_postgres(url: str) -> Callable[[], None]:
    def grow_up() -> None:
        with psycopg.connect(url.replace("+psycopg", "")) as database:
            database.execute(GROWN_UP)

    return grow_up


class Talk:
    """One writer's thread: what was accepted last, and every text that was ever sent."""

    def __init__(self, forum: Website, number: int) -> None:
        self.name = f"writer{number}"
        self.robot = Robot(forum.url)
        self.robot.register(self.name, PASSWORD)
        self._numbers = itertools.count(1)
        self.accepted = self.replies = 0

    def begin(self) -> None:
        """Write the opening post, numbered 0."""
        status, where = self.robot.send(
            "/subthemes/law-online/threads/new", title=f"What {self.name} says", body=self.words(0)
        )
        assert status == 303, where
        self.path = where.partition("?")[0].partition("#")[0]
        _status, page = self.robot.get(self.path)
        found = re.search(r'id="post-(\d+)"', page)
        assert found
        self.post = found[1]

    def words(self, number: int) -> str:
        """Return the text of this number."""
        return f"{self.name} says thing {number} of many."

    def change(self) -> None:
        """Change the text, then reply, and note what the forum has accepted."""
        number = next(self._numbers)
        status, where = self.robot.send(
            f"/posts/{self.post}/edit", body=self.words(number), reason="on", revision=str(number)
        )
        assert status == 303, where
        self.accepted = number
        status, where = self.robot.send(f"{self.path.rpartition('/')[0]}/posts", body=f"The {number}. thing more.")
        assert status == 303, where
        self.replies += 1

    def look(self, visitor: Robot) -> None:
        """Read the thread as a visitor: not older than what was accepted before, and nobody else's."""
        before = self.accepted
        status, page = visitor.get(self.path)
        assert status == 200
        found = re.search(rf"{self.name} says thing (\d+) of many", page)
        assert found and int(found[1]) >= before, f"{self.name}: {before} was accepted, shown is {found and found[1]}"
        assert "/logout" not in page, "a page of somebody signed in"

    def look_at_lists(self, visitor: Robot) -> None:
        """Read the home page and the sub-theme: they know of every reply that was accepted before."""
        for path in ("/", "/subthemes/law-online"):
            before = self.replies
            status, page = visitor.get(path)
            assert status == 200
            [row] = [row for row in page.split('<li class="thread-row')[1:] if f"What {self.name} says" in row]
            found = re.search(r'thread-row-replies">(\d+) ', row)
            assert found and int(found[1]) >= before, f"{self.name}: {before} replies, {path} says {found and found[1]}"


def test_no_visitor_reads_what_was_there_before(forum: Website) -> None:
    talks = [Talk(forum, number) for number in range(WRITERS)]
    forum.grow_up()  # type: ignore[attr-defined]
    for talk in talks:
        talk.begin()
    done = threading.Event()

    def write(talk: Talk) -> None:
        visitor = Robot(forum.url)
        for _ in range(CHANGES):
            talk.change()
            for _process in range(PROCESSES):  # each look is a new connection, and goes to any of them
                talk.look(visitor)
                talk.look_at_lists(visitor)

    def read(number: int) -> int:
        dice, visitor, looks = random.Random(number), Robot(forum.url), 0
        while not done.is_set():
            talk = dice.choice(talks)
            talk.look(visitor)
            talk.look_at_lists(visitor)
            _status, own = talk.robot.copied().get(talk.path)
            assert "/logout" in own, "a visitor's page for somebody signed in"
            looks += 1
        return looks

    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        readers = [pool.submit(read, number) for number in range(READERS)]
        writers = [pool.submit(write, talk) for talk in talks]
        try:
            for writer in writers:
                writer.result()
        finally:
            done.set()
        assert sum(reader.result() for reader in readers) > 0
