"""Work after the answer: the queue (Huey on SQLite or Redis) and the sweep that finds what a crash left behind.

The database says what is owed; a job is only a nudge to do it soon. Losing one costs at most a minute.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from huey import MemoryHuey, RedisHuey, SqliteHuey, crontab
from huey.api import Huey

log = logging.getLogger(__name__)

_jobs: dict[str, Callable[..., None]] = {}
_sweepers: list[Callable[[], None]] = []


def job(function: Callable[..., None]) -> Callable[..., None]:
    """Register `function` as a job that `enqueue(function, …)` runs in the worker; it must be safe to run twice."""
    _jobs[function.__name__] = function
    return function


def sweeper(function: Callable[[], None]) -> Callable[[], None]:
    """Register `function` to run in the worker every minute: it does whatever the database says is owed."""
    _sweepers.append(function)
    return function


def init_app(app: Flask) -> None:
    """Give `app` its queue: Redis where REDIS_URL is set, else SQLite in the instance folder, else memory in tests."""
    huey: Huey
    if app.config.get("JOBS") == "memory":
        huey = MemoryHuey("forum", results=False, immediate=False)
    elif app.config["REDIS_URL"]:
        huey = RedisHuey(
            "forum", results=False, url=app.config["REDIS_URL"], socket_timeout=2, socket_connect_timeout=1
        )
    else:
        path = Path(app.config["FORUM_INSTANCE"]) / "jobs.db"
        huey = SqliteHuey("forum", results=False, filename=str(path), fsync=False)

    def run(name: str, arguments: dict[str, Any]) -> None:
        with app.app_context():
            _jobs[name](**arguments)

    def sweep_all() -> None:
        with app.app_context():
            sweep()

    app.extensions["huey"] = huey
    app.extensions["run_job"] = huey.task(name="run_job")(run)
    huey.periodic_task(crontab(minute="*"), name="sweep")(sweep_all)


def enqueue(function: Callable[..., None], **arguments: Any) -> None:
    """Ask the worker to run a job soon; a queue that is down is logged, since the sweep will do the work anyway."""
    try:
        current_app.extensions["run_job"](function.__name__, arguments)
    except Exception:
        log.warning("the job queue is down; the sweep will do %s", function.__name__, exc_info=True)


def sweep() -> None:
    """Do everything that is owed, room by room; one that fails is logged and does not stop the next."""
    for function in _sweepers:
        try:
            function()
        except Exception:
            if current_app.testing:
                raise
            log.exception("the sweep %s failed", function.__name__)
