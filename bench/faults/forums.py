"""A forum that faults are done to: its processes, a look past it at its rows, and people who may write."""

from __future__ import annotations

import itertools
import os
import re
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, text

from bench.speed.servers import family
from forum.guard import Guard
from tests.servers.robot import Robot
from tests.servers.website import Website, start_forum, without_limits

PASSWORD = "a bridge of seven arches"
# As if they had written for long: their posts are not held.
KNOWN = "UPDATE users SET standing = 'active', trust_level = 2 WHERE username = :name"
OWED = (
    "SELECT count(*) FROM posts WHERE indexed_version <> index_version OR (notified_at IS NULL AND state = 'visible')"
)


class Forum:
    """A website of the tests with what the rows ask of it."""

    def __init__(self, website: Website, settings: Mapping[str, str], web_workers: int) -> None:
        self.website, self.settings = website, settings
        url = settings.get("DATABASE_URL", "")
        self.web_workers = web_workers
        self.engine: Engine = create_engine(url or f"sqlite:///{website.instance / 'forum.db'}", pool_pre_ping=True)
        self._names = itertools.count(1)

    @cached_property
    def person_before(self) -> Robot:
        """Somebody who was signed in before anything happened, if this was asked for before."""
        return self.person("before")

    @property
    def url(self) -> str:
        """Where it answers."""
        return self.website.url

    def person(self, word: str = "writer") -> Robot:
        """Return the browser of somebody new who is known for long."""
        robot, name = Robot(self.url), f"{word}{next(self._names)}"
        robot.register(name, PASSWORD)
        with self.engine.begin() as connection:
            connection.execute(text(KNOWN), {"name": name})
        return robot

    def thread(self, by: Robot, title: str = "What survives?") -> str:
        """Begin a thread; return its address without a page."""
        status, where = by.send("/subthemes/law-online/threads/new", title=title, body="Let us see.")
        if status != 303:
            raise RuntimeError(f"a new thread was answered with {status}: {where[:500]}")
        return re.split(r"[?#]", where)[0]

    def count(self, question: str, **values: Any) -> int:
        """Return the number that a statement gives."""
        with self.engine.connect() as connection:
            return int(connection.scalar(text(question), values) or 0)

    def owed(self) -> int:
        """Return how many posts are not indexed or told of yet."""
        return self.count(OWED)

    def log_of(self, name: str) -> str:
        """Return all that "web" or "worker" has said."""
        file = self.website.instance.parent / f"{name}.log"
        return file.read_text(errors="replace") if file.exists() else ""

    def web_children(self) -> list[int]:
        """Return the processes that answer, without the one that looks after them."""
        return [pid for pid in family(self.website.web_pid) if pid != self.website.web_pid]

    def kill_one_web_process(self, pid: int) -> None:
        """`kill -9` on one process of the web server; the server starts another in its place."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    def start_web(self) -> float:
        """Start the web server; return after how many seconds a page that needs the database was answered."""
        began = time.monotonic()
        self.website.start_web(self.web_workers)
        while Robot(self.url).get("/subthemes/law-online")[0] != 200:
            if time.monotonic() - began > 60:
                raise RuntimeError("it did not serve within a minute")
            time.sleep(0.02)
        return time.monotonic() - began

    def close(self) -> None:
        """End it."""
        self.engine.dispose()
        self.website.stop()


def opened(guard: Guard, folder: Path, env: Mapping[str, str], *, web_workers: int = 1, worker: bool = True) -> Forum:
    """Set a forum up and start it, without limits."""
    settings = {**without_limits(), "SECRET_KEY": "k" * 40, **env}
    website = start_forum(guard, folder, settings, worker=worker, web_workers=web_workers)
    return Forum(website, settings, web_workers)
