"""Writing down what was read: a thread of each web process does it every few seconds, and once more at its end."""

from __future__ import annotations

import atexit
import logging
from datetime import timedelta
from threading import Event, Lock, Thread

from flask import Flask, current_app

from forum.config import READING_FLUSHED_SECONDS
from forum.core.database import now
from forum.core.jobs import sweeper
from forum.trust import actions, queries
from forum.trust.collecting import Memory

WEIGHED_AT_ONCE = 200  # people whose level is looked at in one sweep

log = logging.getLogger(__name__)


def flush(memory: Memory, *, all_of_it: bool = False) -> None:
    """Write what `memory` has, batch by batch; what could not be written stays there, and the fault is raised."""
    while batch := memory.take(now(), all_of_it=all_of_it):
        try:
            actions.write(batch)
        except Exception:
            memory.put_back(batch)
            raise


class Flusher:
    """The thread that flushes one application's memory; it starts with the first page that somebody reads."""

    def __init__(self, app: Flask, memory: Memory) -> None:
        self._app, self._memory = app, memory
        self._stopped, self._lock = Event(), Lock()
        self._thread: Thread | None = None

    def start(self) -> None:
        """Start the thread unless it runs."""
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._run, name="reading", daemon=True)
                self._thread.start()
                atexit.register(self._end)

    def _run(self) -> None:
        while not self._stopped.wait(READING_FLUSHED_SECONDS):
            self._flush()

    def _end(self) -> None:
        self._stopped.set()
        self._flush(all_of_it=True)

    def _flush(self, *, all_of_it: bool = False) -> None:
        try:
            with self._app.app_context():
                flush(self._memory, all_of_it=all_of_it)
        except Exception as error:  # the database is away: what was read waits in memory
            log.warning("what was read could not be written yet (%s)", type(error).__name__)


@sweeper
def reading_owed() -> None:
    """Write what this process noted: nothing in a worker, everything where one process does all (tests, a shell)."""
    flush(current_app.extensions["reading"])


@sweeper
def levels_owed() -> None:
    """Weigh the next people who read lately, and regulars; behind the last of them the round begins anew."""
    place = current_app.extensions["levels_weighed_up_to"]
    ids = queries.candidates(place["id"], now() - timedelta(days=1), WEIGHED_AT_ONCE)
    if ids:
        actions.weigh(ids, current_app.config["TRUST"])
    place["id"] = ids[-1] if len(ids) == WEIGHED_AT_ONCE else 0
