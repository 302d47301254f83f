"""How many kept pages are made anew while others write: `python -m bench.busy [FOLDER]`, for docs/performance.md.

Threads of the yardstick's content on SQLite (a forum in FOLDER stays, for the next run), in one process without a
server. All are kept at first; then visitors read one of them by chance, and before every so many reads somebody replies
in one of them by chance, of which the worker then does what it is asked to. Of the processor only the reads are
measured; in more than 30 seconds by the clock some pages go for their age.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from bench import inside
from bench.speed import posting, stage
from bench.speed.figures import Wrong
from forum.core.database import db
from forum.threads import actions
from forum.threads.addresses import thread_url
from forum.threads.models import State, Thread

THREADS, POSTS, READS = 200, 13, 600
EVERY = (1, 5, 20, 100)  # reads before which somebody replies


@dataclass(frozen=True)
class Busy:
    """What the reads took."""

    every: int
    reads: int
    made: int  # pages that were not kept
    milliseconds: float  # of the processor, for a read
    lasted: float  # seconds by the clock, replies included


def main() -> None:
    """Build the forum, measure and print."""
    with stage.opened(Path(sys.argv[1]) if sys.argv[1:] else None) as built:
        with built.app.test_request_context():
            threads = some_threads(THREADS, POSTS)
        print(
            f"| a reply before every … reads | pages made anew of {READS} | ms of processor a read | seconds in all |"
        )
        print("|---|---|---|---|")
        for every in EVERY:
            busy = read(built.app, threads, stage.OTHER, every, READS)
            print(f"| {every} | {busy.made} | {busy.milliseconds:.2f} | {busy.lasted:.0f} |", flush=True)
    print(f"\nload averages: {', '.join(f'{mean:.1f}' for mean in os.getloadavg())}")


def some_threads(count: int, posts: int) -> list[int]:
    """Return the ids of so many threads whose posts are nearest to that number."""
    nearest = select(Thread.id).order_by(func.abs(Thread.last_position - posts), Thread.id).limit(count)
    return list(db.session.scalars(nearest))


def read(app: Flask, threads: Sequence[int], writer: str, every: int, reads: int) -> Busy:
    """Let so many visitors read while `writer` replies. Raises Wrong when a page or a reply isn't there."""
    chance = random.Random(6)  # the same threads in every run, and never the same text
    with app.test_request_context():
        paths = [thread_url(db.session.get_one(Thread, number)) for number in threads]
    shelf = app.extensions["page_cache"].shelf
    shelf.clear()  # else some go for their age sooner than those that are made now
    inside.seconds(app, [inside.request(path) for path in paths])
    missed, seconds, began = shelf.missed, 0.0, time.monotonic()
    for number in range(reads):
        if number % every == 0:
            _reply(app, chance.choice(threads), writer, posting.words(random.Random(), number))
        seconds += inside.seconds(app, [inside.request(chance.choice(paths))])
    return Busy(every, reads, shelf.missed - missed, seconds / reads * 1000, time.monotonic() - began)


def _reply(app: Flask, thread: int, writer: str, words: str) -> None:
    with app.test_request_context():
        post = actions.post_reply(db.session.get_one(Thread, thread), stage.person(writer), words)
        if post.state != State.VISIBLE:
            raise Wrong("a reply is held, and changes no page")
    huey = app.extensions["huey"]
    while task := huey.dequeue():
        huey.execute(task)


if __name__ == "__main__":
    main()
