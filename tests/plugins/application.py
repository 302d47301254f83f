"""Fixtures: the application on both engines, with a clean database for each test; clients, clock, statements."""

import contextlib
import contextvars
import sqlite3
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf.csrf import generate_csrf
from sqlalchemy import Engine, event, insert, update

import wsgi
from forum.accounts import passwords, sessions
from forum.accounts.models import User
from forum.core import jobs
from forum.core.audit import GENESIS, AuditHead
from forum.core.database import Clock, db, now, transaction
from forum.core.extensions import limiter
from forum.subthemes.actions import ensure_seven
from forum.subthemes.models import SubTheme
from tests import keeping, schema
from tests.engines import engines_of
from tests.servers.postgres import Postgres

CHEAP = PasswordHasher(time_cost=1, memory_cost=16, parallelism=1)  # tests/accounts/test_passwords.py has the real one
DEAR = passwords._hasher
_apps: dict[str, Flask] = {}


class Client(FlaskClient):
    """A reader's browser without a screen: each request has a context of its own, as in the server."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request; what this test had loaded is read anew afterwards."""
        db.session.rollback()
        answer = contextvars.Context().run(super().open, *args, **kwargs)
        db.session.expire_all()
        return answer

    def send(self, url: str, **fields: Any) -> Any:
        """Post a form with a valid CSRF token, as a person would from our page."""
        return self.post(url, data={"csrf_token": self.csrf_token(), **fields})

    def csrf_token(self) -> str:
        """Return a token that fits this browser's session."""
        return contextvars.Context().run(self._csrf_token)

    def _csrf_token(self) -> str:
        with self.session_transaction() as stored:
            stored.setdefault("csrf_token", "c" * 40)
            raw = stored["csrf_token"]
        with self.application.test_request_context():
            session["csrf_token"] = raw
            return generate_csrf()


def _make(engine: str, folder: Path, request: pytest.FixtureRequest) -> Flask:
    settings: dict[str, Any] = {
        "TESTING": True,
        "FORUM_INSTANCE": str(folder),
        "SECRET_KEY": "k" * 40,
        "JOBS": "memory",
        "RATELIMIT_ENABLED": True,  # else an app that is made in a test without limits never counts
    }
    if engine == "postgres":
        server: Postgres = request.getfixturevalue("postgres")
        settings["SQLALCHEMY_DATABASE_URI"] = schema.create(server, "suite")
        settings["DATABASE_URL"] = settings["SQLALCHEMY_DATABASE_URI"]
    else:
        schema.put_into(folder)
    app = wsgi.create_app(settings)
    app.test_client_class = Client
    return app


@event.listens_for(Engine, "connect")
def _hasten_sqlite(connection: Any, _record: Any) -> None:
    """These databases need not survive a power cut, so nobody waits for the disk."""
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA synchronous=OFF")


_new: dict[str, keeping.Kept] = {}  # what `flask setup` puts in, by the kind of database


def _empty() -> None:
    """Leave the schema and nothing in it but what `flask setup` puts in, as if that had been just now."""
    engine = db.engine.dialect.name
    if engine in _new:
        _new[engine].put_back(counting_on=True)
        with transaction() as current:
            current.execute(update(SubTheme).values(created_at=now()))
    else:
        keeping.empty()
        with transaction() as current:
            current.execute(insert(AuditHead).values(id=1, seq=0, hash=GENESIS))
        ensure_seven()
        _new[engine] = keeping.Kept()
    db.session.expunge_all()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test on the databases of tests/engines.py, unless it says itself on which."""
    said = {name for mark in metafunc.definition.iter_markers("parametrize") for name in _names(mark.args[0])}
    if "app" in metafunc.fixturenames and "app" not in said:
        metafunc.parametrize("app", engines_of(metafunc.definition.path, metafunc.function.__name__), indirect=True)


def _names(argnames: str | list[str] | tuple[str, ...]) -> list[str]:
    return argnames.replace(",", " ").split() if isinstance(argnames, str) else list(argnames)


@pytest.fixture
def app(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The forum on each database engine, empty but for the seven sub-themes; rate limits only where marked `limits`."""
    engine = request.param
    if engine not in _apps:
        _apps[engine] = _make(engine, tmp_path_factory.mktemp(engine), request)
    app = _apps[engine]
    limiter.init_app(app)
    limiter.enabled = request.node.get_closest_marker("limits") is not None
    limiter.reset()
    passwords._hasher = CHEAP
    with app.app_context():
        if "stage" not in request.fixturenames:  # which puts its own rows there
            _empty()
        app.extensions["huey"].flush()
        app.extensions["reading"].clear()
        app.extensions["page_cache"].shelf.clear()
        yield app
        db.session.rollback()
        db.session.remove()
    passwords._hasher = DEAR
    Clock.offset = timedelta(0)  # nobody's shift of the clock reaches the next test


@pytest.fixture
def client(app: Flask) -> Client:
    """An anonymous reader."""
    client = app.test_client()
    assert isinstance(client, Client)
    return client


@pytest.fixture
def as_(app: Flask) -> Callable[[User], Client]:
    """`as_(alice)`: a browser in which alice is signed in."""

    def sign_in(person: User) -> Client:
        client = app.test_client()
        assert isinstance(client, Client)
        client.set_cookie("signin", sessions.start(person, "pytest"))
        return client

    return sign_in


class MovableClock:
    """The tests' hand on the forum's clock."""

    def move(self, **by: float) -> None:
        """Move the present by `timedelta(**by)`; pages that are kept for seconds don't outlive days."""
        Clock.offset += timedelta(**by)
        for app in _apps.values():
            app.extensions["page_cache"].shelf.clear()


@pytest.fixture
def clock() -> Iterator[MovableClock]:
    """`clock.move(hours=1)`: time passes; it is set right after the test."""
    yield MovableClock()
    Clock.offset = timedelta(0)


@pytest.fixture
def statements(app: Flask) -> Callable[[], Any]:
    """`with statements() as seen:`: the SQL statements that ran inside, on any connection.

    Not those that belong to every transaction: its beginning, its end, the version of kept pages that it leaves.
    """

    @contextlib.contextmanager
    def watch() -> Iterator[list[str]]:
        seen: list[str] = []
        app.extensions["page_cache"].shelf.clear()  # what a page costs that nobody has kept

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if (
                not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE"))
                and "page_versions" not in statement
            ):
                seen.append(statement)

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return watch


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """`work()`: the worker does everything that is owed."""

    def run() -> None:
        db.session.rollback()
        contextvars.Context().run(_sweep, app)
        db.session.rollback()

    return run


def _sweep(app: Flask) -> None:
    with app.app_context():
        jobs.sweep()
        jobs.sweep_slowly()
