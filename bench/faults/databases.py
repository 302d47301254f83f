"""R-5: PostgreSQL is restarted, killed, cut off, paused; SQLite is held by another program."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator

from bench.faults import checker
from bench.faults.clients import Crowd, writing
from bench.faults.forums import Forum
from bench.faults.stage import Stage, wait_for
from forum.core.database import BUSY_SECONDS
from forum.core.patience import REQUEST_SECONDS
from tests.servers.robot import Robot

# A request may wait for its statement, then for a new connection, and for another one to know its reader on the page
# that says so.
SLOWEST = REQUEST_SECONDS + 3 + 3 + 1


def play(stage: Stage) -> None:
    """Take the database away in each way, on both kinds."""
    _postgres(stage)
    _sqlite(stage)


def _postgres(stage: Stage) -> None:
    rounds = stage.times(3, 1)
    with stage.forum("postgres", web_workers=2) as forum:
        with writing(forum, stage.folder / "pg.jsonl") as crowd:
            for name, act in _nemeses(stage, forum).items():
                for _ in range(rounds if not name.startswith("paused") else 1):
                    crowd.wait_for_more(3)
                    act()
                    again = wait_for(lambda: _writes(crowd), 60)
                    stage.check(again is not None, f"PostgreSQL {name}: nobody can write a minute after it")
            stage.check(forum.website.web_lives() and forum.website.worker_lives(), "a process of ours has ended")
        stage.did(f"PostgreSQL: {rounds} × {', '.join(_nemeses(stage, forum))}")
        stage.found(
            f"PostgreSQL: {crowd.acknowledged} acknowledged, {crowd.statuses['503']} × 503, "
            f"slowest {crowd.slowest:.1f} s"
        )
        stage.check(crowd.slowest < SLOWEST, f"PostgreSQL: an answer took {crowd.slowest:.1f} s")
        checker.check(stage, crowd, "PostgreSQL", refusals=True)


def _nemeses(stage: Stage, forum: Forum) -> dict[str, Callable[[], None]]:
    server, database = stage.postgres, forum.engine.url.database or ""

    def restarted() -> None:
        server.halt()
        time.sleep(1)
        server.resume()

    def killed() -> None:
        server.kill()
        server.resume()

    def cut() -> None:
        for _ in range(5):
            server.cut_connections(database)
            time.sleep(0.3)

    def paused(seconds: float) -> None:
        server.pause()
        try:
            time.sleep(seconds)
            if seconds > SLOWEST:
                _says_so(stage, forum)
        finally:
            server.go_on()

    return {
        "restarted": restarted,
        "killed (kill -9)": killed,
        "cut off five times": cut,
        "paused 10 s": lambda: paused(10),
        "paused 20 s": lambda: paused(20),
    }


def _says_so(stage: Stage, forum: Forum) -> None:
    began = time.monotonic()
    status, page = Robot(forum.url).get("/")
    took = time.monotonic() - began
    stage.check(status == 503, f"a page while PostgreSQL hangs is answered with {status}: {page[:200]}")
    stage.check(took < SLOWEST, f"a page while PostgreSQL hangs took {took:.1f} s")


def _writes(crowd: Crowd) -> bool:
    return crowd.wait_for_more(1, 1)


def _sqlite(stage: Stage) -> None:
    rounds = stage.times(2, 1)
    with stage.forum(web_workers=2) as forum:
        with writing(forum, stage.folder / "sqlite.jsonl") as crowd:
            for seconds in [BUSY_SECONDS] * rounds + [BUSY_SECONDS + 4]:
                crowd.wait_for_more(3)
                with _held(forum):
                    until = time.monotonic() + seconds
                    for path in ("/", crowd.thread, "/search?q=words", "/health/ready"):
                        status = Robot(forum.url).get(path)[0]
                        stage.check(status == 200, f"SQLite held: {path} is answered with {status}")
                    time.sleep(max(0.0, until - time.monotonic()))
                stage.check(wait_for(lambda: _writes(crowd), 30) is not None, "SQLite: nobody can write after it")
        stage.did(f"SQLite: held by another writer {rounds} × {BUSY_SECONDS} s, once for {BUSY_SECONDS + 4} s")
        stage.found(
            f"SQLite: {crowd.acknowledged} acknowledged, {crowd.statuses['503']} × 503, slowest {crowd.slowest:.1f} s"
        )
        stage.check(crowd.slowest < SLOWEST, f"SQLite: an answer took {crowd.slowest:.1f} s")
        checker.check(stage, crowd, "SQLite", refusals=True)


@contextlib.contextmanager
def _held(forum: Forum) -> Iterator[None]:
    other = sqlite3.connect(forum.website.instance / "forum.db", isolation_level=None, timeout=30)
    try:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")
    finally:
        other.close()
