"""Turns are taken in Redis by processes that share one; without its answer each process takes them alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis import Redis as Client

from forum.config import REDIS_PATIENCE_SECONDS, redis_options
from forum.core import turns
from forum.core.turns import StillBusy, Turns
from tests.servers.redis import Redis

KEY = "REPLY/person:1"


@pytest.fixture
def redis(redis_server: Redis) -> Redis:
    redis_server.empty()
    return redis_server


def process(redis: Redis) -> Turns:
    """The turns as another process has them: nothing in common but Redis."""
    return Turns(Client.from_url(redis.url, **redis_options()))


@pytest.fixture
def own_redis(guard: Any) -> Iterator[Redis]:
    """One that a test may kill."""
    redis = Redis(guard)
    yield redis
    redis.stop()


def test_another_process_waits_for_the_turn_and_has_it_then(redis: Redis) -> None:
    here, there = process(redis), process(redis)
    turn = here.take(KEY, 0.0)
    with pytest.raises(StillBusy):
        there.take(KEY, 0.0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(there.take, KEY, 20.0)
        assert not waiting.done()
        turn.end()
        waiting.result(20).end()
    here.take(KEY, 0.0).end()


def test_other_people_and_other_acts_have_turns_of_their_own(redis: Redis) -> None:
    here, there = process(redis), process(redis)
    taken = [here.take(KEY, 0.0), there.take("REPLY/person:2", 0.0), there.take("FLAG/person:1", 0.0)]
    for turn in taken:
        turn.end()
    assert redis.client().keys("*") == []


def test_a_turn_whose_process_was_killed_ends_by_itself(redis: Redis) -> None:
    process(redis).take(KEY, 0.0)
    with redis.client() as client:
        left = client.pttl(f"forum/turn/{KEY}")
        assert 0 < left <= turns.LONGEST_SECONDS * 1000
        client.pexpire(f"forum/turn/{KEY}", 1)
    process(redis).take(KEY, 5.0).end()


def test_nobody_ends_a_turn_that_passed_to_somebody_else(redis: Redis) -> None:
    here, there = process(redis), process(redis)
    late = here.take(KEY, 0.0)
    redis.empty()  # it lasted too long
    turn = there.take(KEY, 0.0)
    late.end()
    with pytest.raises(StillBusy):
        here.take(KEY, 0.0)
    turn.end()


def test_without_redis_the_process_takes_turns_alone_and_loses_little_time(own_redis: Redis, caplog: Any) -> None:
    here = process(own_redis)
    turn = here.take(KEY, 0.0)
    own_redis.pause()
    try:
        turn.end()
        began = time.monotonic()
        turn = here.take(KEY, 0.0)
        assert time.monotonic() - began < 4 * REDIS_PATIENCE_SECONDS, "one attempt, on a machine that is busy"
        with pytest.raises(StillBusy):
            here.take(KEY, 0.0)
        turn.end()
        assert [record.levelno for record in caplog.records] == [logging.WARNING], "asked once, then let rest"
    finally:
        own_redis.resume()
    here._redis_rests_until = 0.0
    own_redis.empty()  # of what it was sent while it hung
    turn = here.take(KEY, 0.0)
    with pytest.raises(StillBusy):
        process(own_redis).take(KEY, 0.0)
    own_redis.kill()
    turn.end()
    process(own_redis).take(KEY, 0.0).end()


def test_few_wait_at_a_time_and_the_rest_is_told_at_once() -> None:
    alone = Turns()
    turn = alone.take(KEY, 0.0)
    with ThreadPoolExecutor(turns.PLACES) as pool:
        waiting = [pool.submit(lambda: alone.take(KEY, 20.0).end()) for _ in range(turns.PLACES)]
        while alone._places._value:
            time.sleep(0.001)
        with pytest.raises(StillBusy):
            alone.take(KEY, 20.0)
        turn.end()
        assert [promise.result(20) for promise in waiting] == [None] * turns.PLACES
    alone.take(KEY, 0.0).end()
