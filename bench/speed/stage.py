"""The forum that is measured: a folder of its own with the content, and a reader who is signed in and has notices."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Engine

import wsgi
from bench.speed import content
from bench.speed.figures import Wrong
from bench.speed.servers import python
from forum.accounts import sessions
from forum.accounts.models import User
from forum.accounts.signin import COOKIE
from forum.core import jobs
from forum.core.database import db, transaction
from forum.threads import actions
from forum.threads.addresses import thread_url
from forum.threads.models import Post, Thread
from tests.servers.website import inherited, without_limits

READER, OTHER = "reader_001", "reader_002"  # those who wrote most


@dataclass
class Stage:
    """The forum in its folder. `app` is the same forum in this process, in which statements are counted."""

    folder: Path
    env: Mapping[str, str]
    app: Flask
    thread: str
    other_thread: str  # of which no page is measured
    subtheme: str
    cookie: str

    @property
    def signed_in(self) -> dict[str, str]:
        """The headers of the reader who is signed in."""
        return {"Cookie": f"{COOKIE}={self.cookie}"}

    def statements(self, path: str, headers: Mapping[str, str] | None = None) -> int:
        """Return how many statements a page takes, asked the second time: the first one may fill what is kept."""
        client = self.app.test_client(use_cookies=False)
        for _ in range(2):
            with counted() as seen:
                status = client.get(path, headers=dict(headers or {})).status_code
        if status != 200:
            raise Wrong(f"{path} answers {status} in this process")
        return len(seen)


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that go to the database; the beginning and end of a transaction are none."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not re.match(r"BEGIN|COMMIT|ROLLBACK|PRAGMA|SAVEPOINT|RELEASE", statement):
            seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def build(folder: Path) -> Stage:
    """Make the forum in `folder`: set-up, the content through the import, the search index, the reader."""
    env = environment(folder)
    file = folder / "content.jsonl"
    content.write(file)
    python("flask", "setup", env=env)
    python("flask", "archive", "import", str(file), env=env)
    python("flask", "search", "rebuild", env=env)
    return enter(folder)


@contextmanager
def opened(folder: Path | None) -> Iterator[Stage]:
    """Open the forum in `folder`, where it is made if it isn't there and stays; None: in one that goes afterwards."""
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="forum-stage-") as temporary:
            yield build(Path(temporary))
    elif (folder / "instance").exists():
        yield enter(folder)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        yield build(folder)


def environment(folder: Path) -> dict[str, str]:
    """Return the settings of the forum in `folder`."""
    settings = {"FORUM_INSTANCE": str(folder / "instance"), "FORUM_ENV": "development"}
    return {**inherited(), **without_limits(), **settings}


def enter(folder: Path) -> Stage:
    """Open a forum that was built in `folder`."""
    env = environment(folder)
    os.environ.update(without_limits())
    app = wsgi.create_app({"FORUM_INSTANCE": env["FORUM_INSTANCE"]})
    with app.test_request_context():
        cookie = _prepare()
        thread, other = _thread(1), _thread(2)
        if (posts := db.session.query(Post).count()) < content.POSTS:
            raise Wrong(f"{posts} posts came in, not {content.POSTS}")
        place = f"/subthemes/{thread.subtheme.slug}"
        return Stage(folder, env, app, thread_url(thread), thread_url(other), place, cookie)


def _prepare() -> str:
    """Let the reader be somebody known who has notices; return the token of a session."""
    with transaction():
        for name in (READER, OTHER):
            person(name).trust_level = 2
    for number in range(3):
        actions.post_reply(
            _thread(number + 4), person(OTHER), f"@{READER}, the {number + 1}. question that waits for you alone."
        )
    jobs.sweep()
    return sessions.start(person(READER), "bench")


def _thread(number: int) -> Thread:
    return db.session.scalars(select(Thread).where(Thread.source_id == f"bench:t{number}")).one()


def person(username: str) -> User:
    """Return somebody of the content."""
    return db.session.scalars(select(User).where(User.username == username)).one()
