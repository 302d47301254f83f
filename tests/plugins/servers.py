"""Fixtures: a real PostgreSQL, a real Redis, and whole forums as processes. Started when first asked for."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from forum.guard import Guard
from tests.servers.commands import COMMANDS
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis
from tests.servers.s3 import S3
from tests.servers.website import Website, start_forum, without_limits

StartForum = Callable[..., Website]


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """Ends every server of this test process, also when the tests are killed."""
    guard = Guard()
    yield guard
    COMMANDS.stop()
    guard.close()


@pytest.fixture(scope="session")
def postgres(guard: Guard) -> Iterator[Postgres]:
    """A PostgreSQL server of this test process (each of pytest-xdist's has its own): `postgres.create("name")`."""
    server = Postgres(guard)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_server(guard: Guard) -> Iterator[Redis]:
    """A Redis server of this test process. Empty it before use: `redis_server.empty()`."""
    server = Redis(guard)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    """An S3 server of this test process. Empty it before use: `s3_server.empty()`."""
    server = S3()
    yield server
    server.stop()


@pytest.fixture
def forum_starter(guard: Guard, tmp_path: Path) -> Iterator[StartForum]:
    """`forum_starter(env, samples=True, worker=False)`: forums of this test alone, stopped after it."""
    started: list[Website] = []

    def start(env: Mapping[str, str] | None = None, **options: bool) -> Website:
        started.append(start_forum(guard, tmp_path / f"forum{len(started)}", env, **options))
        return started[-1]

    start.started = started  # type: ignore[attr-defined]
    yield start
    for website in started:
        website.stop()


@pytest.fixture(scope="session")
def website(guard: Guard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Website]:
    """A forum with the sample content, shared by the journeys: each makes people and threads of its own."""
    website = start_forum(guard, tmp_path_factory.mktemp("website"), without_limits(), samples=True)
    yield website
    website.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """Put the forum's own last words under a failed test."""
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            for website in [value] if isinstance(value, Website) else getattr(value, "started", []):
                report.sections.append(("the forum's log", website.logs()))
    return report
