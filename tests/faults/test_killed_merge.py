"""`kill -9` in the middle of a merge, of the web server: nothing of it or its whole first step has happened; of the
worker: the next one goes on. In the end everything is where it belongs, once."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from tests.servers.robot import Robot
from tests.servers.website import without_limits

PASSWORD = "a bridge of seven arches"
NOTICES = 6_000  # a step moves 1,000
DELAYS = (0.02, 0.5, 2.5, 12.5)  # seconds from the request to the kill


@pytest.mark.parametrize("engine", ["sqlite", "postgres"])
def test_a_killed_merge_happens_wholly_or_goes_on(engine: str, forum_starter: Any, request: Any) -> None:
    env = without_limits()
    if engine == "postgres":
        env["DATABASE_URL"] = request.getfixturevalue("postgres").create("merging")
    forum = forum_starter(env, worker=False)
    for name, role in (("carol", ("--role", "admin")), ("quince", ()), ("quill", ())):
        options = ("--email", f"{name}@example.org", *role, "--password-stdin")
        forum.flask("people", "create", name, *options, stdin=PASSWORD + "\n")
    database = create_engine(env.get("DATABASE_URL") or f"sqlite:///{forum.instance / 'forum.db'}")
    gone, kept = _fill(database, engine)
    robot = Robot(forum.url)
    robot.sign_in("carol", PASSWORD)

    def merge() -> None:
        with suppress(Exception):  # the server dies meanwhile
            robot.send("/admin/people/quince/merge", into="quill", name="quince")

    untouched = 0
    for delay in DELAYS:
        asking = threading.Thread(target=merge)
        asking.start()
        asking.join(delay)
        forum.kill_web()
        asking.join()
        assert _state(database, gone, kept) in ((NOTICES, 0, 0, 0), (NOTICES - 1_000, 1_000, 1, 1))
        if _state(database, gone, kept)[2]:
            break
        untouched += 1
        forum.start_web()
    assert untouched and _state(database, gone, kept)[2], "it was killed too late, or never came to anything"
    interrupted = 0
    for _ in range(NOTICES // 1_000):
        before = _state(database, gone, kept)[0]
        forum.start_worker()
        while (left := _state(database, gone, kept)[0]) == before and _is_under_way(database):
            time.sleep(0.01)
        forum.kill_worker()
        if not _is_under_way(database):
            break
        interrupted += 0 < left < NOTICES - 1_000
        if interrupted == 2:
            break
    assert interrupted, "the worker was never killed in the middle"
    if _is_under_way(database):
        forum.start_worker()
        while _is_under_way(database):
            time.sleep(0.1)
    assert _state(database, gone, kept) == (0, NOTICES, 1, 1)
    with database.connect() as connection:
        letters = connection.scalar(text("SELECT count(*) FROM mails WHERE template = 'merged'"))
    database.dispose()
    assert letters == 2
    if not forum.worker_lives():
        forum.start_worker()
    forum.flask("doctor")  # fails when a counter or the audit chain is wrong


def _fill(database: Engine, engine: str) -> tuple[int, int]:
    """Give quince her notices; return the numbers of quince and quill."""
    moment = datetime.now(UTC)
    at = moment.strftime("%Y-%m-%d %H:%M:%S.%f") if engine == "sqlite" else moment
    with database.begin() as connection:
        ids = {row.username: row.id for row in connection.execute(text("SELECT username, id FROM users"))}
        rows = [{"user_id": ids["quince"], "key": f"k:{number}", "at": at} for number in range(NOTICES)]
        insert = (
            "INSERT INTO notifications (user_id, kind, key, facts, created_at) VALUES (:user_id, 'x', :key, '{}', :at)"
        )
        connection.execute(text(insert), rows)
    return ids["quince"], ids["quill"]


def _state(database: Engine, gone: int, kept: int) -> tuple[int, int, int, int]:
    """Return how many notices each has, how often the name changed hands, and how often the log says so."""
    with database.connect() as connection:
        counts = [
            connection.scalar(
                text("SELECT count(*) FROM notifications WHERE user_id = :id AND kind = 'x'"), {"id": user_id}
            )
            for user_id in (gone, kept)
        ]
        names = connection.scalar(text("SELECT count(*) FROM name_changes"))
        said = connection.scalar(text("SELECT count(*) FROM audit_entries WHERE act = 'person.merged'"))
        return int(counts[0] or 0), int(counts[1] or 0), int(names or 0), int(said or 0)


def _is_under_way(database: Engine) -> bool:
    with database.connect() as connection:
        return bool(connection.scalar(text("SELECT count(*) FROM users WHERE merging_into_id IS NOT NULL")))
