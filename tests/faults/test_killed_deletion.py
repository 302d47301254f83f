"""`kill -9` of the worker while it deletes an account: the next one completes it, once, and everything adds up."""

from __future__ import annotations

import random
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from tests.servers.robot import Robot
from tests.servers.website import without_limits

PASSWORD = "a bridge of seven arches"
POSTS = 40


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_killed_deletion_is_completed_by_the_next_worker(engine, forum_starter, request):
    env = without_limits()
    if engine == "postgres":
        env["DATABASE_URL"] = request.getfixturevalue("postgres").create("leaving")
    forum = forum_starter(env)
    for name, role in (("carol", "admin"), ("quince", "moderator")):
        options = ("--email", f"{name}@example.org", "--role", role, "--password-stdin")
        forum.flask("people", "create", name, *options, stdin=PASSWORD + "\n")
    robot = Robot(forum.url)
    robot.sign_in("quince", PASSWORD)
    _, where = robot.send("/subthemes/law-online/threads/new", title="What stays?", body="Quincebramble 0.")
    thread = where.split("/threads/")[1].split("/")[0]
    for number in range(1, POSTS):
        assert robot.send(f"/threads/{thread}/posts", body=f"Quincebramble {number}.")[0] == 303
    assert robot.send("/settings/delete", choice="posts", password=PASSWORD)[0] == 303
    database = create_engine(env.get("DATABASE_URL") or f"sqlite:///{forum.instance / 'forum.db'}")
    forum.kill_worker()
    with database.begin() as connection:
        due = datetime.now(UTC) - timedelta(minutes=1)
        stored = due.strftime("%Y-%m-%d %H:%M:%S.%f") if engine == "sqlite" else due
        connection.execute(text("UPDATE users SET leaving_at = :due WHERE username = 'quince'"), {"due": stored})
    left, dice, interrupted = POSTS, random.Random(7), 0
    for _ in range(40):
        forum.start_worker()
        before = left
        for _ in range(300):  # until it is at work, or done
            left, unfinished = _state(database)
            if not unfinished or before - left >= dice.randint(8, 25):
                break
            time.sleep(0.1)
        forum.kill_worker()
        left, unfinished = _state(database)
        interrupted += 0 < left < POSTS
        if not unfinished:
            break
    assert interrupted, "it was never killed in the middle: the test would prove nothing"
    forum.start_worker()
    with database.connect() as connection:
        assert (left, unfinished) == (0, 0)
        letters = connection.scalar(text("SELECT count(*) FROM mails WHERE template = 'left'"))
        acts = connection.execute(text("SELECT count(*) FROM audit_entries WHERE act = 'role.changed'")).scalar()
    database.dispose()
    assert letters <= 1
    assert acts == 3, "two given by the console, one ended"
    forum.flask("search", "rebuild")
    forum.flask("doctor")  # fails when a counter, the audit chain or the index is wrong


def _state(database):
    """Return how many posts have their text, and how many accounts are to be deleted."""
    with database.connect() as connection:
        left = connection.scalar(text("SELECT count(*) FROM posts WHERE body <> ''"))
        return left, connection.scalar(text("SELECT count(*) FROM users WHERE leaving_at IS NOT NULL"))
