"""`flask worker`: carries out jobs and sweeps every minute, until it is stopped."""

from __future__ import annotations

import logging
import signal
import sys
import threading
import time
from contextlib import suppress

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from huey.consumer import Consumer
from huey.signals import SIGNAL_INTERRUPTED

from forum.cli.setup import set_up
from forum.core import jobs

THREADS = 2  # one may be indexing for seconds while the other tells people
LONGEST_PAUSE = 1.0  # seconds between looks into an empty queue
SILENCE_SECONDS = 60.0  # for which the same complaint about the queue is not repeated
LAST_JOB_SECONDS = 6  # that jobs may take to end after we were asked to stop; then they are handed back
LAST_SWEEP_SECONDS = 2.0  # that a sweep may take after that; what it leaves undone is found by the next one


@click.command("worker")
@click.option("--after-setup", is_flag=True, help="Do first what flask setup --samples does.")
@with_appcontext
def worker_command(after_setup: bool) -> None:
    """Run the jobs: search index, notices, and the sweep that repairs what a crash left behind."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the consumer has its own answer to it
    if after_setup:
        set_up(samples=True)
    logging.getLogger().setLevel(logging.INFO)
    logging.getLogger("huey").setLevel(logging.WARNING)
    for handler in logging.getLogger().handlers:
        handler.addFilter(SaidOnce())
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    with app.app_context():  # ends with its reading, which would keep the database's log open as long as we run
        jobs.sweep()  # what the last crash left behind need not wait for the minute
    stopped = threading.Event()
    sweeping = jobs.sweep_beside(stopped, app)
    with suppress(KeyboardInterrupt):  # asked to stop a second time: at once
        consumer_of(app).run()
        stopped.set()
        sweeping.join(LAST_SWEEP_SECONDS)


def consumer_of(app: Flask) -> Consumer:
    """Return what takes jobs from the queue. Asked to stop, it ends those that it has begun or hands them back."""
    queue = app.extensions["huey"]
    queue.signal(SIGNAL_INTERRUPTED)(lambda _signal, task: jobs.hand_back(queue, task))
    return Consumer(
        queue,
        workers=THREADS,
        worker_type="thread",
        initial_delay=0.05,
        max_delay=LONGEST_PAUSE,
        periodic=False,
        scheduler_interval=60,  # nothing is ever scheduled
        shutdown_timeout=LAST_JOB_SECONDS,
        graceful_signal="TERM",
    )


class SaidOnce(logging.Filter):
    """Lets a complaint through once a minute and in one line: a queue that is away fails at every look into it."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether the record is to be written; its traceback becomes the error's own words."""
        if not record.name.startswith("huey.consumer"):
            return True
        key, moment = str(record.msg), time.monotonic()
        if moment - self._said.get(key, -SILENCE_SECONDS) < SILENCE_SECONDS:
            return False
        self._said[key] = moment
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and (key.startswith("Error reading") or _is_of_redis(error)):
            record.msg, record.args, record.exc_info = f"{record.getMessage()} {error}", (), None
        return True


def _is_of_redis(error: BaseException) -> bool:
    """Whether it is Redis that failed, also while a job was being taken up: the sweep does what it was about."""
    return type(error).__module__.partition(".")[0] == "redis"
