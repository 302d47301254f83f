"""Taking PostgreSQL away from a forum at a chosen moment, and looking at what stands in it past the forum."""

from __future__ import annotations

import contextlib
import itertools
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, create_engine, event, text

from forum.core.database import db
from tests.servers.postgres import Postgres
from tests.servers.robot import Robot
from tests.servers.website import Website

PASSWORD = "a bridge of seven arches"


def cut_at(postgres: Postgres, number: int) -> Any:
    """Return a listener that ends all connections just before the forum's statement of this number."""
    seen = itertools.count()

    def listener(*_: Any) -> None:
        if next(seen) == number:
            postgres.cut_connections("suite")

    return listener


@contextlib.contextmanager
def listening(listener: Any) -> Iterator[None]:
    """Call `listener` before each statement."""
    event.listen(db.engine, "before_cursor_execute", listener)
    try:
        yield
    finally:
        event.remove(db.engine, "before_cursor_execute", listener)


@contextlib.contextmanager
def connected(server: Postgres) -> Iterator[Connection]:
    """A look at the database "away" past the forum."""
    engine = create_engine(server.url("away"))
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


def known_writer(forum: Website, server: Postgres, name: str) -> Robot:
    """Return the browser of somebody new whose posts are not held."""
    robot = Robot(forum.url)
    robot.register(name, PASSWORD)
    with connected(server) as connection:
        connection.execute(
            text("UPDATE users SET standing = 'active', published_count = 10, trust_level = 2 WHERE username = :name"),
            {"name": name},
        )
    return robot


def new_thread(writer: Robot) -> str:
    """Return the address of a thread that `writer` starts."""
    status, where = writer.send("/subthemes/law-online/threads/new", title="What stays?", body="Let us see.")
    assert status == 303, where
    return where.partition("#")[0]


def posts_of(writer: Robot, thread: str) -> Counter[str]:
    """Return how often each numbered text stands in the thread."""
    found: list[str] = []
    for page in range(1, 100):
        status, answer = writer.get(f"{thread}?page={page}")
        if status != 200:
            break
        found += re.findall(r"Text \w+\.", re.sub(r"<[^>]+>", " ", answer))
    return Counter(found)
