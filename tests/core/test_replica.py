"""A read replica makes pages for visitors while it has what they show, and nobody reads from it what is old."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event

import wsgi
from forum.accounts.models import User
from forum.cli import standby
from forum.config import UnsafeSetting
from forum.core.database import db, transaction
from forum.core.diagnosis import Fact
from forum.core.pagecache.layer import PageCache
from forum.core.replica import BIND, SLOT
from forum.threads import actions
from forum.threads.addresses import thread_url
from forum.threads.models import Thread
from tests.plugins.application import Client
from tests.servers.postgres import Postgres, Replica

on_postgres = pytest.mark.parametrize("app", ["postgres"], indirect=True)


@pytest.fixture(scope="module")
def replica(postgres: Postgres, guard: Any) -> Iterator[Replica]:
    server = Replica(guard, postgres)
    yield server
    server.stop()


@pytest.fixture
def served(app: Flask, replica: Replica, tmp_path: Path) -> Iterator[Flask]:
    """The forum of a machine beside a replica; `app` is one that has none and writes into the same database."""
    url = app.config["DATABASE_URL"]
    own = {
        "FORUM_INSTANCE": str(tmp_path),
        "DATABASE_REPLICA_URL": replica.url(url.partition("?")[0].rpartition("/")[2]),
    }
    kept = {
        name: app.config[name] for name in ("TESTING", "SECRET_KEY", "JOBS", "DATABASE_URL", "SQLALCHEMY_DATABASE_URI")
    }
    served = wsgi.create_app({**kept, **own})
    served.test_client_class = Client
    replica.catch_up()
    yield served
    with served.app_context():
        for engine in db.engines.values():
            engine.dispose()
    cache_of(served).close()


@pytest.fixture
def asked(served: Flask) -> Iterator[list[str]]:
    """Who was asked for each reading: "replica" or "primary"."""
    with served.app_context():
        replica = db.engines[BIND]
    where: list[str] = []

    def note(connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith("SELECT"):
            where.append("replica" if connection.engine is replica else "primary")

    event.listen(Engine, "before_cursor_execute", note)
    yield where
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def address(app: Flask, thread: Thread) -> str:
    with app.test_request_context():
        return thread_url(thread)


def cache_of(served: Flask) -> PageCache:
    cache = served.extensions["page_cache"]
    assert isinstance(cache, PageCache)
    return cache


def read(served: Flask, address: str, asked: list[str]) -> tuple[str, set[str]]:
    """Return a visitor's page and who was asked for it."""
    asked.clear()
    answer = served.test_client().get(address)
    assert answer.status_code == 200
    return answer.text, set(asked)


def rename(thread: Thread, title: str) -> None:
    with transaction():
        thread.title = title


@on_postgres
def test_visitors_pages_come_from_it_while_it_has_what_they_show(
    served: Flask, replica: Replica, thread: Thread, address: str, asked: list[str]
) -> None:
    replica.catch_up()
    page, where = read(served, address, asked)
    assert thread.title in page and where == {"replica"}
    assert cache_of(served).from_replica == 1

    replica.pause()
    rename(thread, "It is called otherwise now")
    page, where = read(served, "/subthemes/data-and-algorithms", asked)
    assert "It is called otherwise now" in page and where == {"primary"}
    replica.catch_up()
    page, where = read(served, f"/threads/{thread.id}/it-is-called-otherwise-now", asked)
    assert "It is called otherwise now" in page and where == {"replica"}


@on_postgres
def test_it_goes_on_with_threads_in_which_nobody_writes(
    served: Flask, replica: Replica, thread: Thread, address: str, ann: User, asked: list[str]
) -> None:
    other = actions.start_thread(thread.subtheme, ann, "Another one", "About it.")
    replica.catch_up()
    replica.pause()
    actions.post_reply(other, ann, "The replica does not know of this yet.")
    with served.test_request_context():
        there = thread_url(other)
    assert read(served, address, asked)[1] == {"replica"}
    page, where = read(served, there, asked)
    assert "does not know of this" in page and where == {"primary"}
    assert read(served, "/", asked)[1] == {"primary"}
    rename(thread, "It is called otherwise now")
    assert read(served, f"/threads/{thread.id}/it-is-called-otherwise-now", asked)[1] == {"primary"}
    replica.catch_up()
    assert read(served, f"{there}?page=1", asked)[1] == {"replica"}


@on_postgres
def test_who_is_signed_in_reads_from_the_database_itself(
    served: Flask, replica: Replica, app: Flask, address: str, ann: User, as_: Any, asked: list[str]
) -> None:
    reader = as_(ann)
    browser = served.test_client()
    for cookie in reader._cookies.values():
        browser.set_cookie(cookie.key, cookie.value)
    replica.catch_up()
    asked.clear()
    page = browser.get(address)
    assert page.status_code == 200 and ann.username in page.text
    assert set(asked) == {"primary"}


@on_postgres
def test_what_is_written_goes_to_the_database_itself(served: Flask) -> None:
    with served.test_request_context(environ_overrides={SLOT: True}):
        replica = db.engines[BIND]
        assert db.session.get_bind() is replica
        with transaction():
            assert db.session.get_bind() is db.engine is not replica
        assert db.session.get_bind() is replica
    with served.test_request_context():
        assert db.session.get_bind() is db.engine


@on_postgres
def test_pages_are_made_without_it_when_it_is_gone(
    served: Flask, replica: Replica, address: str, asked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    replica.catch_up()
    assert read(served, "/programme", asked)[1] == {"replica"}
    cache = cache_of(served)
    replica.halt()
    try:
        assert read(served, address, asked)[1] == {"primary"}
        # it said that it has everything, and went before it was read
        monkeypatch.setattr(cache._replica, "present", cache.versions.present)
        page, where = read(served, "/", asked)
        assert "primary" in where and 'id="main"' in page
    finally:
        replica.resume()


@on_postgres
def test_the_doctor_says_how_it_keeps_up(
    served: Flask, app: Flask, replica: Replica, thread: Thread, tmp_path: Path
) -> None:
    def said() -> list[str]:
        with served.app_context():
            lines = list(standby.findings())
        return [("" if isinstance(line, Fact) else "! ") + line for line in lines]

    assert list(standby.findings()) == []  # there is none
    replica.catch_up()
    assert said() == ["it has all that visitors see"]
    replica.pause()
    rename(thread, "Newer than the replica")
    assert said()[0].startswith("it is behind; ")
    replica.catch_up()
    replica.halt()
    try:
        assert said()[0].startswith("! DATABASE_REPLICA_URL does not answer")
    finally:
        replica.resume()

    names = ("TESTING", "SECRET_KEY", "JOBS", "DATABASE_URL", "SQLALCHEMY_DATABASE_URI")
    itself = {"DATABASE_REPLICA_URL": app.config["DATABASE_URL"], "FORUM_INSTANCE": str(tmp_path)}
    with wsgi.create_app({**{name: app.config[name] for name in names}, **itself}).app_context():
        assert [str(line) for line in standby.findings()] == [
            "DATABASE_REPLICA_URL leads to a database that repeats nobody: it is never read from"
        ]
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_sqlite_has_none(app: Flask, tmp_path: Path) -> None:
    with pytest.raises(UnsafeSetting, match="DATABASE_REPLICA_URL is for a replica of PostgreSQL"):
        wsgi.create_app({"FORUM_INSTANCE": str(tmp_path), "DATABASE_REPLICA_URL": "postgresql://db2.example/forum"})
