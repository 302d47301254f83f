"""`kill -9` of web server and worker at random moments: every acknowledged post is there once, indexed and told."""

import random
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import create_engine, text

from tests.servers.robot import NoAnswer, Robot
from tests.servers.website import without_limits

KILLS = 6
WRITERS = 3
PASSWORD = "a bridge of seven arches"


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_every_acknowledged_post_survives_kills(engine, forum_starter, request):
    env = without_limits()
    if engine == "postgres":
        env["DATABASE_URL"] = request.getfixturevalue("postgres").create("kills")
    forum = forum_starter(env)
    writers = [_writer(forum, f"writer-{number}") for number in ("one", "two", "six")]
    robots = [_signed_in(forum.url, name) for name in writers]
    thread = _new_thread(forum.url, writers[0])
    stop, acknowledged = threading.Event(), []
    with ThreadPoolExecutor(WRITERS) as pool:
        promises = [
            pool.submit(_write, *writer, thread, stop, acknowledged) for writer in zip(robots, writers, strict=True)
        ]
        try:
            _kill_at_random(forum, random.Random(7), acknowledged)
        finally:
            stop.set()
        for promise in promises:
            promise.result()
    assert len(acknowledged) > KILLS, "the writers hardly wrote: the test would prove nothing"
    _wait_until_nothing_is_owed(forum, env.get("DATABASE_URL"))
    seen = Counter(_texts_of(forum.url, thread))
    assert [text for text in acknowledged if seen[text] != 1] == []
    forum.flask("doctor")  # fails when a counter, the audit chain or the index is wrong


def _writer(forum, name: str) -> str:
    """Make an account whose posts are not held as a newcomer's would be."""
    options = ("--email", f"{name}@example.org", "--role", "moderator", "--password-stdin")
    forum.flask("people", "create", name, *options, stdin=PASSWORD + "\n")
    return name


def _new_thread(url: str, name: str) -> str:
    robot = Robot(url)
    robot.sign_in(name, PASSWORD)
    status, where = robot.send("/subthemes/law-online/threads/new", title="What survives?", body="Let us see.")
    assert status == 303, where
    return re.search(r"/threads/(\d+)", where)[1]


def _write(robot: Robot, name: str, thread: str, stop: threading.Event, acknowledged: list[str]) -> None:
    """Post numbered texts until told to stop; a text without an answer is sent again with the same form token."""
    number = 0
    while not stop.is_set():
        number += 1
        body, token = f"{name} says {number}.", f"{name}-{number}"
        status, where = _patiently(
            lambda body=body, token=token: robot.send(f"/threads/{thread}/posts", body=body, form_token=token)
        )
        assert status == 303, where
        acknowledged.append(body)


def _signed_in(url: str, name: str) -> Robot:
    robot = Robot(url)
    robot.sign_in(name, PASSWORD)
    return robot


def _patiently(act):
    """Do it, again and again while the server is away."""
    for _ in range(600):
        try:
            return act()
        except NoAnswer as error:
            last = error
            time.sleep(0.1)
    raise AssertionError(f"the forum did not come back within a minute: {last}")


def _kill_at_random(forum, dice: random.Random, acknowledged: list[str]) -> None:
    """Kill at random moments, but never before something was written since the last time, however slow the machine."""
    for _ in range(KILLS):
        before, deadline = len(acknowledged), time.monotonic() + 60
        while len(acknowledged) == before and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(dice.uniform(0.0, 0.7))
        victim = dice.choice(("web", "worker", "both"))
        if victim != "worker":
            forum.kill_web()
        if victim != "web":
            forum.kill_worker()
            forum.start_worker()
        if victim != "worker":
            forum.start_web()
    time.sleep(1)


def _wait_until_nothing_is_owed(forum, url: str | None) -> None:
    """Within a minute the worker has indexed every post and told everybody."""
    engine = create_engine(url or f"sqlite:///{forum.instance / 'forum.db'}")
    owed = text(
        "SELECT count(*) FROM posts WHERE indexed_version <> index_version"
        " OR (notified_at IS NULL AND state = 'visible')"
    )
    for _ in range(65):
        with engine.connect() as connection:
            left = connection.scalar(owed)
        if not left:
            break
        time.sleep(1)
    engine.dispose()
    assert left == 0


def _texts_of(url: str, thread: str) -> list[str]:
    robot, texts, page = Robot(url), [], 1
    while True:
        status, answer = robot.get(f"/threads/{thread}/what-survives?page={page}")
        if status != 200:
            return texts
        texts += re.findall(r"writer-\w+ says \d+\.", re.sub(r"<[^>]+>", " ", answer))
        page += 1
