"""`python -m bench.month [--people 2000] [--flags 300] [--moderators 6]`: a month of moderation, played.

On a scratch instance (SQLite in a temporary folder) people flag, moderators decide and now and then take a slip back,
some of those concerned appeal and another moderator answers, all by the forum's own acts, with the forum's clock moved
hour by hour through last month; the worker counts each day. Then the report must equal a recount in plain SQL, nothing
under five may be published, the log must verify, and no case may have waited longer than the bound that the scoring
promises. Exit status 1 when one of these fails. By default smaller: about two minutes.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, event, func, select

import wsgi
from bench.month.people import people_and_posts
from bench.month.playing import play
from bench.month.recounting import checks
from forum.core.database import Clock, db
from moderation.models import Decision, Flag


def main() -> int:
    """Play, check, and return 1 if a check failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--people", type=int, default=500)
    parser.add_argument("--flags", type=int, default=100, help="a day")
    parser.add_argument("--moderators", type=int, default=6)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=4)
    given = parser.parse_args()
    dice, began = random.Random(given.seed), time.monotonic()
    event.listen(Engine, "connect", _hasten)
    this_month = datetime.now(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    start = (this_month - timedelta(days=1)).replace(day=1)
    with tempfile.TemporaryDirectory() as folder:
        app = wsgi.create_app({"FORUM_INSTANCE": folder, "JOBS": "memory", "SECRET_KEY": "k" * 40})
        answer = app.test_cli_runner().invoke(args=["setup"])
        assert answer.exit_code == 0, answer.output
        with app.app_context():
            Clock.offset = start - datetime.now(UTC)
            posts = max(400, given.flags * given.days // 2)
            members, moderators = people_and_posts(given.people, given.moderators, posts, dice)
            played = play(start, given.days, given.flags, members, moderators, dice, _say(began))
            results = checks(played, given.days)
            counted = db.session.execute(
                select(
                    select(func.count()).select_from(Flag).scalar_subquery(),
                    select(func.count()).select_from(Decision).scalar_subquery(),
                )
            ).one()
    print(f"{counted[0]:,} flags and {counted[1]:,} decisions in {time.monotonic() - began:.0f} s; "
          f"{played.refused} flags refused by the rules")  # fmt: skip
    for line in played.failures:
        print(f"  {line}")
    for words, passed in results.items():
        print(f"{'passed' if passed else 'FAILED'}: {words}")
    return 0 if all(results.values()) else 1


def _say(began: float) -> Callable[[str], None]:
    return lambda line: print(f"{time.monotonic() - began:5.0f} s  {line}", flush=True)


def _hasten(connection: Any, _record: Any) -> None:
    """This database need not survive a power cut, so nobody waits for the disk."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


if __name__ == "__main__":
    sys.exit(main())
