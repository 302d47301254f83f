"""One person's requests for one act are served one after the other: in this process, and in all that share Redis."""

from __future__ import annotations

import logging
import time
from contextlib import suppress
from threading import BoundedSemaphore, Lock
from typing import Any
from weakref import WeakValueDictionary

from flask import Flask, current_app, g

from forum.config import redis_options

log = logging.getLogger(__name__)

# Requests of one process that may wait at a time, for each holds a thread that pages need (serve.BLOCKING_THREADS).
PLACES = 4
# A turn in Redis that nobody ends (its process was killed) ends by itself; hardly a request takes so long.
LONGEST_SECONDS = 10.0
PAUSE_SECONDS = 0.05  # between two looks at a turn in Redis
REST_SECONDS = 5.0  # for which a Redis that failed is not asked again


class StillBusy(Exception):
    """Another request of the same person for the same act is being served."""


class Turns:
    """Whose turn it is, by key. With `redis` (a client, or None) processes take turns too, as long as it answers."""

    def __init__(self, redis: Any = None) -> None:
        self._redis = redis
        self._redis_rests_until = 0.0  # on the monotonic clock
        self._here: WeakValueDictionary[str, Any] = WeakValueDictionary()  # a lock of each key in use; freed by itself
        self._here_lock = Lock()
        self._places = BoundedSemaphore(PLACES)

    def take(self, key: str, patience: float) -> Turn:
        """Return the turn, which must be ended; StillBusy after `patience` seconds, or when too many wait already."""
        deadline = time.monotonic() + patience
        with self._here_lock:
            here = self._here.get(key) or self._here.setdefault(key, Lock())
        if not (here.acquire(blocking=False) or (patience > 0 and self._waited(here, patience))):
            raise StillBusy
        try:
            return Turn(here, self._in_redis(key, deadline))
        except BaseException:
            here.release()
            raise

    def _waited(self, here: Any, patience: float) -> bool:
        if not self._places.acquire(blocking=False):
            return False
        try:
            return bool(here.acquire(timeout=patience))
        finally:
            self._places.release()

    def _in_redis(self, key: str, deadline: float) -> Any:
        """Return the turn's lock in Redis, None without an answer of Redis; StillBusy when another process has it."""
        if self._redis is None or time.monotonic() < self._redis_rests_until:
            return None
        from redis import RedisError  # noqa: PLC0415 - Redis is an optional part

        lock = self._redis.lock(f"forum/turn/{key}", timeout=LONGEST_SECONDS, thread_local=False)
        try:
            if lock.acquire(blocking=False) or self._waited_in_redis(lock, deadline):
                return lock
        except RedisError as error:
            self._redis_rests_until = time.monotonic() + REST_SECONDS
            log.warning("turns are taken in this process alone, since Redis does not answer: %s", error)
            return None
        raise StillBusy

    def _waited_in_redis(self, lock: Any, deadline: float) -> bool:
        left = deadline - time.monotonic()
        if left <= 0 or not self._places.acquire(blocking=False):
            return False
        try:
            return bool(lock.acquire(sleep=PAUSE_SECONDS, blocking_timeout=left))
        finally:
            self._places.release()


class Turn:
    """A turn that was taken: a lock here and, when Redis answered, one there."""

    def __init__(self, here: Any, there: Any) -> None:
        self._here, self._there = here, there

    def end(self) -> None:
        """Let the next request go on."""
        try:
            if self._there is not None:
                _release(self._there)
        finally:
            self._here.release()


def _release(lock: Any) -> None:
    """Delete the lock in Redis if it is still ours; what can't be deleted ends by itself."""
    from redis import RedisError  # noqa: PLC0415 - Redis is an optional part

    with suppress(RedisError):
        lock.release()


def init_app(app: Flask) -> None:
    """Give `app` its turns, and end a request's turn with the request."""
    redis = None
    if app.config["REDIS_URL"]:
        from redis import Redis  # noqa: PLC0415 - Redis is an optional part

        redis = Redis.from_url(app.config["REDIS_URL"], **redis_options())
    app.extensions["turns"] = Turns(redis)
    app.teardown_request(_end)


def take(key: str, patience: float) -> None:
    """Hold the turn of `key` until the request has ended and been counted; StillBusy after `patience` seconds."""
    g.turn = current_app.extensions["turns"].take(key, patience)


def _end(_error: BaseException | None = None) -> None:
    turn = g.pop("turn", None)
    if turn is not None:
        turn.end()
