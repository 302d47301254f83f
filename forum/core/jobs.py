"""Work after the answer: the queue (Huey on SQLite or Redis) and the sweep that finds what a crash left behind.

The database says what is owed; a job is only a nudge to do it soon. Losing one costs at most a minute. The sweep does
not go through the queue, so that work is found while Redis is away.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

from flask import Flask, current_app

from forum.core import outages, queues
from forum.core.database import db, now

log = logging.getLogger(__name__)

SWEEP_SECONDS = 60.0
_SWEPT = "swept"  # under which the queue keeps when a worker last looked for work
REST_SECONDS = 5.0  # for which a queue that failed is not asked again

# Plug: what each job and each sweeper happens in, made with its name; to be filled when an application is made.
around: list[Callable[[str], AbstractContextManager[None]]] = []

_jobs: dict[str, Callable[..., None]] = {}
_sweepers: list[Callable[[], None]] = []
_slow_sweepers: list[Callable[[], None]] = []


@dataclass(frozen=True)
class Waiting:
    """Work that waits: how much, and since when the oldest of it, as far as that is known."""

    count: int
    since: datetime | None = None


@dataclass
class QueueState:
    """What this process knows of the queue: until when it is left alone (monotonic clock), whether jobs were lost."""

    rests_until: float = 0.0
    has_lost_jobs: bool = False


def job(function: Callable[..., None]) -> Callable[..., None]:
    """Register `function` as a job that `enqueue(function, …)` runs in the worker; it must be safe to run twice."""
    _jobs[function.__name__] = function
    return function


def sweeper(function: Callable[[], None]) -> Callable[[], None]:
    """Register `function` to run in the worker every minute: it does whatever the database says is owed."""
    _sweepers.append(function)
    return function


class Seldom:
    """Says when something is due again that each process does once in a while, however often its sweeper comes."""

    def __init__(self, every: timedelta) -> None:
        self.every = every
        self.at: datetime | None = None  # when it was done last

    def is_due(self) -> bool:
        """Whether it is time; it counts as done now then."""
        moment = now()
        if self.at is not None and moment - self.at < self.every:
            return False
        self.at = moment
        return True


def slow_sweeper(function: Callable[[], None]) -> Callable[[], None]:
    """Register `function` the same way, for work of seconds: it has a thread of its own, and no other sweeper waits."""
    _slow_sweepers.append(function)
    return function


def init_app(app: Flask) -> None:
    """Give `app` its queue: Redis where REDIS_URL is set, else SQLite in the instance folder, else memory in tests."""
    if app.config.get("JOBS") == "memory":
        huey = queues.in_memory()
    elif app.config["REDIS_URL"]:
        huey = queues.in_redis(app.config["REDIS_URL"])
    else:
        huey = queues.in_file(Path(app.config["FORUM_INSTANCE"]) / "jobs.db")

    def run(name: str, arguments: dict[str, Any], _queued: float = 0.0) -> None:
        try:
            # at the end of the first the session is rolled back, which can fail, too
            with app.app_context(), _watched(name):
                _jobs[name](**arguments)
        except Exception as error:
            if not outages.is_outage(error):  # else the sweep does it, once the machine is well again
                raise
            _tell(error, f"the job {name} failed")

    app.extensions["huey"] = huey
    app.extensions["run_job"] = huey.task(name="run_job")(run)
    app.extensions["queue_state"] = QueueState()


@contextmanager
def _watched(name: str) -> Iterator[None]:
    """Put around a job or a sweeper what the rooms above wish."""
    with ExitStack() as stack:
        for each in around:
            stack.enter_context(each(name))
        yield


def enqueue(function: Callable[..., None], **arguments: Any) -> None:
    """Ask the worker to run a job soon; a queue that is down is logged, since the sweep will do the work anyway.

    It is then left alone for some seconds: a page that has several jobs must not wait for each of them. The first
    job that gets through afterwards brings a sweep along, for those that did not.
    """
    state = current_app.extensions["queue_state"]
    if time.monotonic() < state.rests_until:
        return
    put = current_app.extensions["run_job"]
    try:
        put(function.__name__, arguments, now().timestamp())
        if state.has_lost_jobs:
            put(sweep.__name__, {}, now().timestamp())
            state.has_lost_jobs = False
    except Exception as error:
        state.rests_until, state.has_lost_jobs = time.monotonic() + REST_SECONDS, True
        log.warning("the job queue is down (%s); the sweep will do %s", error, function.__name__)


def hand_back(queue: Any, task: Any) -> None:
    """Put a job that was not finished into the queue again, for another worker; where that fails the sweep does it."""
    try:
        queue.enqueue(task)
    except Exception as error:
        log.warning("a job could not be handed back (%s); the sweep will do it", error)
    else:
        log.info("a job that was not finished is handed back")


def queue_answers() -> bool:
    """Whether the queue can be asked at this moment."""
    try:
        current_app.extensions["huey"].storage.queue_size()
    except Exception:
        return False
    return True


def queued() -> Waiting | None:
    """Return the jobs in the queue, or None when it does not answer."""
    huey = current_app.extensions["huey"]
    try:
        count, first = huey.storage.queue_size(), huey.pending(limit=1)
    except Exception:
        return None
    moment = first[0].args[2] if first and len(first[0].args) > 2 else 0.0
    return Waiting(count, datetime.fromtimestamp(moment, UTC) if moment else None)


def last_sweep() -> datetime | None:
    """Return when a worker at this queue last looked for work, or None when none did or the queue is away."""
    try:
        moment = current_app.extensions["huey"].get(_SWEPT, peek=True)
    except Exception:
        return None
    return datetime.fromtimestamp(moment, UTC) if moment else None


def _note_sweep() -> None:
    with suppress(Exception):  # the queue is away: the sweep goes on without it
        current_app.extensions["huey"].put(_SWEPT, now().timestamp())


def sweep_beside(stopped: Event, app: Flask) -> Thread:
    """Start both sweeps in threads of their own; return the quick one's, which is worth waiting for at the end.

    What is slow may be stopped at any moment, and begins again.
    """
    quick, slow = (
        Thread(target=target, args=(stopped, app), name=name, daemon=True)
        for target, name in ((sweep_until, "sweep"), (_sweep_slowly_until, "slow sweep"))
    )
    slow.start()
    quick.start()
    return quick


def sweep_until(stopped: Event, app: Flask) -> None:
    """Sweep every minute until `stopped`, and every few seconds while no job can come because the queue is away."""
    last = time.monotonic()
    while not stopped.wait(REST_SECONDS):
        with app.app_context():
            if time.monotonic() - last >= SWEEP_SECONDS or not queue_answers():
                sweep()
                last = time.monotonic()


def _sweep_slowly_until(stopped: Event, app: Flask) -> None:
    while not stopped.wait(SWEEP_SECONDS):
        with app.app_context():
            sweep_slowly()


def each_or_log(act: Callable[[int], object], row_ids: Iterable[int]) -> None:
    """Call `act` with each id. One that fails is logged, keeps no other waiting, and is found by the next sweep."""
    for row_id in list(row_ids):
        try:
            act(row_id)
        except Exception as error:
            db.session.rollback()
            _tell(error, f"{act.__module__}.{act.__name__} failed for {row_id}")


@job
def sweep() -> None:
    """Do everything that is owed, room by room; one that fails is logged and does not stop the next."""
    _note_sweep()
    _run(_sweepers)
    _note_sweep()


def sweep_slowly() -> None:
    """Do what is owed and takes seconds."""
    _run(_slow_sweepers)


def _run(sweepers: Sequence[Callable[[], None]]) -> None:
    for function in sweepers:
        try:
            with _watched(function.__name__):
                function()
        except Exception as error:
            if current_app.testing:
                raise
            _tell(error, f"the sweep {function.__name__} failed")
            db.session.rollback()  # a failed statement would fail the next sweeper's too


def _tell(error: Exception, words: str) -> None:
    """Log it; a database that is away or a disk that is full in one line, for everything that is tried fails then."""
    if outages.is_outage(error):
        log.error("%s: %s", words, outages.in_words(error))
    else:
        log.exception("%s", words)
