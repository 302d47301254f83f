"""What waits for the worker, in plain words: how much of each kind, for how long, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from forum.core import jobs
from forum.core.database import now
from forum.core.diagnosis import Fact, ago
from forum.core.jobs import Waiting
from forum.notifications import owing
from forum.search import backlog

PATIENCE = timedelta(minutes=5)  # the sweep comes every minute, and a large import takes some


def findings() -> Iterator[str]:
    """Yield what waits, kind by kind, and when the worker last looked for it, as facts; and what is wrong about it."""
    heard = jobs.last_sweep()
    silent = heard is None or now() - heard > PATIENCE
    queued = jobs.queued()
    for what, waiting in (
        ("posts and credentials nobody was told of yet", owing.waiting()),
        ("posts the search index has not seen yet", backlog.waiting()),
        ("jobs in the queue", queued),
    ):
        if waiting is not None:
            yield from _of_kind(what, waiting, silent)
    if queued is None:
        yield "the job queue does not answer; look after Redis (REDIS_URL). The worker goes on without it"
    yield Fact(f"a worker last looked for work: {f'{ago(heard)} ago' if heard else 'not known'}")


def _of_kind(what: str, waiting: Waiting, worker_is_silent: bool) -> Iterator[str]:
    """Tell fresh work from what is stuck; where its age isn't known, by whether a worker is at it."""
    age = f", the oldest for {ago(waiting.since)}" if waiting.since else ""
    yield Fact(f"{what}: {waiting.count:,}{age}")
    if waiting.count and (now() - waiting.since > PATIENCE if waiting.since else worker_is_silent):
        yield f"{what}: waiting for too long. Is the worker running? (flask worker; its log says what keeps it)"
