"""R-6: Redis dies, hangs, forgets, refuses to write and is full, while people write at two servers that share it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from bench.faults import checker
from bench.faults.clients import Crowd, number_of, writing
from bench.faults.forums import Forum
from bench.faults.stage import Stage, wait_for
from tests.servers.redis import Redis
from tests.servers.robot import Robot
from tests.servers.website import Website

PREVIEWS = 4  # that one person may have, by each process that counts for itself
SLOWEST = 8.0  # seconds for an answer while Redis is away; one attempt at it may take a quarter


def play(stage: Stage) -> None:
    """Do everything to it, one after the other."""
    redis = Redis(stage.guard)
    stage.at_end(redis.stop)
    env = {"REDIS_URL": redis.url, "LIMIT_PREVIEW": f"{PREVIEWS} per 10 minutes"}
    with stage.forum("postgres", env) as forum:
        other = _second_server(stage, forum, env)
        visitor = forum.person("visitor")
        faults = _faults(redis)
        with writing(forum, stage.folder / "redis.jsonl", at=(forum.url, other.url), people=4) as crowd:
            for _ in range(stage.times(2, 1)):
                for name, (begin, end) in faults.items():
                    _during(stage, crowd, visitor, other, name, begin)
                    end()
                    stage.check(crowd.wait_for_more(3), f"{name}: nobody can write after it")
        back = wait_for(lambda: _counts_together(forum, other, redis, number_of(crowd.thread)), 90)
        stage.check(back is not None, "the two servers do not count together again within 90 s")
        stage.did(f"{stage.times(2, 1)} × each of: {', '.join(faults)}; two web servers, a worker, four writers")
        stage.found(
            f"{crowd.acknowledged} acknowledged, answers {dict(crowd.statuses)}, slowest {crowd.slowest:.1f} s; "
            f"both count together again {back or 0:.0f} s after the last fault"
        )
        stage.check(crowd.slowest < SLOWEST, f"an answer took {crowd.slowest:.1f} s")
        checker.check(stage, crowd, "redis")
        stage.check(crowd.statuses["429"] == 0, f"{crowd.statuses['429']} writers were told to wait")


def _second_server(stage: Stage, forum: Forum, env: Mapping[str, str]) -> Website:
    settings = {**forum.settings, **env}
    other = Website(stage.guard, stage.new_folder("second"), settings)
    other.start_web()
    stage.at_end(other.stop)
    return other


def _faults(redis: Redis) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    def told(*command: str) -> Callable[[], object]:
        def tell() -> object:
            with redis.client() as client:
                return client.execute_command(*command)

        return tell

    return {
        "killed": (redis.kill, redis.restart),
        "paused": (redis.pause, redis.resume),
        "emptied": (redis.empty, lambda: None),
        "read-only": (told("REPLICAOF", "127.0.0.1", "1"), told("REPLICAOF", "NO", "ONE")),
        "full": (told("CONFIG", "SET", "maxmemory", "1"), told("CONFIG", "SET", "maxmemory", "0")),
    }


def _during(stage: Stage, crowd: Crowd, visitor: Robot, other: Website, name: str, begin: Callable[[], object]) -> None:
    begin()
    number = number_of(crowd.thread)
    until = time.monotonic() + stage.times(6, 2)
    stage.check(crowd.wait_for_more(4), f"{name}: nobody can write")
    for robot in (visitor, visitor.at(other.url)):
        stage.check(robot.get("/settings/profile")[0] == 200, f"{name}: who was signed in is so no more")
        fresh = crowd.forum.person("previewer").at(robot.url)
        answers = [fresh.send(f"/preview?thread={number}", body="A few words.")[0] for _ in range(PREVIEWS + 1)]
        wanted = [200] * PREVIEWS + [429]
        # the one act during which it began to hang may be counted nowhere: it was allowed before it could be
        allowed = (wanted, [200] * len(wanted)) if name == "paused" else (wanted,)
        stage.check(answers in allowed, f"{name}: previews were answered with {answers}: the limit does not hold")
    time.sleep(max(0.0, until - time.monotonic()))


def _counts_together(forum: Forum, other: Website, redis: Redis, number: str) -> bool:
    with redis.client() as client:
        client.flushall()
        fresh = forum.person("counted")
        for robot in (fresh, fresh.at(other.url)):
            robot.send(f"/preview?thread={number}", body="A few words.")
        return sum(client.llen(key) for key in client.keys("*PREVIEW*") if client.type(key) == b"list") == 2
