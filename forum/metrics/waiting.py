"""The figures about work that waits: jobs, the search index, people to be told, and whether a worker is there."""

from __future__ import annotations

from flask import Flask

from forum.core import jobs
from forum.core.gauges import Gauge, gauges, seconds_since
from forum.notifications import owing
from forum.search import backlog


def connect(app: Flask) -> None:
    """Offer them; harmless to repeat for another application."""
    del app
    gauges.update(
        {
            "forum_jobs_waiting": Gauge("Jobs in the queue", _jobs_waiting, of_queue=True),
            "forum_jobs_oldest_seconds": Gauge("Age of the oldest job in the queue", _oldest_job, of_queue=True),
            "forum_index_waiting": Gauge("Posts that the search index has not seen", backlog.waiting_count),
            "forum_notices_waiting": Gauge("Posts of which nobody was told yet", lambda: owing.waiting().count),
            "forum_worker_silent_seconds": Gauge("Time since a worker last looked for work", _silence, of_queue=True),
        }
    )


def _jobs_waiting() -> float | None:
    queued = jobs.queued()
    return None if queued is None else queued.count


def _oldest_job() -> float | None:
    queued = jobs.queued()
    return None if queued is None else seconds_since(queued.since)


def _silence() -> float | None:
    heard = jobs.last_sweep()
    return None if heard is None else seconds_since(heard)
