"""`flask worker`: carries out jobs and sweeps every minute, until it is stopped."""

from __future__ import annotations

import logging

import click
from flask import current_app
from flask.cli import with_appcontext
from huey.consumer import Consumer

from forum.core import jobs

THREADS = 2  # one may be indexing for seconds while the other tells people
LONGEST_PAUSE = 1.0  # seconds between looks into an empty queue


@click.command("worker")
@with_appcontext
def worker_command() -> None:
    """Run the jobs: search index, notices, and the sweep that repairs what a crash left behind."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("huey").setLevel(logging.WARNING)
    jobs.sweep()  # what the last crash left behind need not wait for the minute
    consumer = Consumer(
        current_app.extensions["huey"],
        workers=THREADS,
        worker_type="thread",
        initial_delay=0.05,
        max_delay=LONGEST_PAUSE,
    )
    consumer.run()
