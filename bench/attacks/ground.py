"""A forum of its own for an attack: an empty folder, real processes on the loopback, people with a known password."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import insert

import wsgi
from forum.accounts.consents import mark
from forum.accounts.documents import versions
from forum.accounts.models import Role, User
from forum.accounts.passwords import hash_password
from forum.core.database import now, transaction
from forum.guard import Guard
from tests.servers.website import Website, start_forum

PASSWORD = "a bridge of seven arches"


@contextmanager
def forum(env: Mapping[str, str], people: list[str], *, worker: bool = True, workers: int = 1) -> Iterator[Website]:
    """Run a forum with these people (and an admin, for a forum that nobody watches lets nobody in), then stop it.

    `worker`: with the process that sends mail; `workers`: how many processes serve pages.
    """
    guard = Guard()
    with tempfile.TemporaryDirectory(prefix="forum-attack-") as folder:
        website = start_forum(guard, Path(folder), {"FORUM_ENV": "development", **env}, worker=worker)
        try:
            _settle(website, people)
            if workers > 1:
                website.kill_web()
                website.start_web(workers)
            yield website
        finally:
            website.stop()
            guard.close()


def _settle(website: Website, people: list[str]) -> None:
    """Write the people's rows; one hash for all, since making a thousand would take a minute."""
    app = wsgi.create_app({"FORUM_INSTANCE": str(website.instance), "SITE_URL": website.url})
    with app.app_context():
        common = {
            "password_hash": hash_password(PASSWORD), "created_at": now(), "signed_in_at": now(), "published_count": 10,
            "agreed": mark(versions(str(website.instance))), "approved_at": now(), "confirmed_at": now(),
        }  # fmt: skip
        rows = [
            {**common, "username": name, "username_key": name, "role": Role.NETIZEN,
             "email": f"{name}@example.org", "email_key": f"{name}@example.org"}
            for name in people
        ]  # fmt: skip
        rows.append({**rows[0], "username": "watch", "username_key": "watch", "role": Role.ADMIN,
                     "email": "watch@example.org", "email_key": "watch@example.org"})  # fmt: skip
        with transaction() as session:
            session.execute(insert(User), rows)


def say_where() -> None:
    """Print the moment, the machine and its load: figures mean nothing without."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC; Python {platform.python_version()}; {os.cpu_count()} processors;")
    command = " ".join(["bench.attacks." + Path(sys.argv[0]).stem, *sys.argv[1:]])
    print(f"load average {load}; command: python -m {command}\n", flush=True)


def wait_until_typed() -> None:
    """Let as much time pass as a person needs to fill in a form: a quicker sign-up is sent back."""
    time.sleep(3.5)
