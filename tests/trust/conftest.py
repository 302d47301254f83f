"""What the tests of trust share: reading threads in a browser, and a record as it would be after months."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import current_app
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db, now, transaction
from forum.threads.models import Thread
from forum.trust.models import ReadingDay, ThreadRead
from tests.plugins.application import Client


def url(thread: Thread, query: str = "") -> str:
    """Return the address of the thread's page."""
    return f"/threads/{thread.id}/{thread.slug}{query}"


@pytest.fixture
def open_page() -> Callable[..., str]:
    """`open_page(browser, thread, "?page=2")`: the page's text."""

    def get(client: Client, thread: Thread, query: str = "") -> str:
        answer = client.get(url(thread, query))
        assert answer.status_code == 200
        return str(answer.text)

    return get


@pytest.fixture
def has_read() -> Callable[..., None]:
    """`has_read(alice, days=15, posts=100)`: rows as many days of reading leave behind, the latest of them today."""

    def write(user: User, days: int = 1, ago: int = 0, **sums: Any) -> None:
        with transaction() as session:
            for number in range(days):
                day = (now() - timedelta(days=ago + number)).date()
                session.add(ReadingDay(user_id=user.id, day=day, **(sums if number == 0 else {})))

    return write


@pytest.fixture
def read_rows() -> Callable[[User], dict[int, int]]:
    """`read_rows(alice)`: {thread: position} as it was written."""

    def read(user: User) -> dict[int, int]:
        db.session.rollback()
        rows = db.session.scalars(select(ThreadRead).where(ThreadRead.user_id == user.id))
        return {row.thread_id: row.position for row in rows}

    return read


@pytest.fixture
def numbers(app: object) -> dict[str, int]:
    """The table of trust."""
    return dict(current_app.config["TRUST"])
