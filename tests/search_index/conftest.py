"""Both engines, empty and ready, and a short way to make documents and ask for them."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from search_index.interface import Document, Query, SearchIndex
from search_index.postgres_engine import PostgresIndex
from search_index.whoosh_engine import WhooshIndex
from tests.servers.postgres import Postgres

CONFERENCE = datetime(2021, 11, 19, 9, 0, tzinfo=UTC)

MakeIndex = Callable[..., SearchIndex]


def post(id_: int, body: str, title: str = "", **facts: Any) -> Document:
    """A document by alice in "online-content", written `id_` minutes after the conference began."""
    values: dict[str, Any] = {
        "subtheme": "online-content",
        "author": "alice",
        "lang": "en",
        "expert": False,
        "thread_id": 1,
        "created": CONFERENCE + timedelta(minutes=id_),
    }
    return Document(id=id_, title=title, body=body, **values | facts)


def found(index: SearchIndex, text: str, **filters: Any) -> list[int]:
    """The ids that a question finds, in order."""
    return [hit.id for hit in index.find(Query(text, **filters)).hits]


@pytest.fixture(scope="session")
def postgres_uri(postgres: Postgres) -> str:
    """A database of our own, as libpq takes it."""
    return postgres.create("search_index").replace("postgresql+psycopg:", "postgresql:")


@pytest.fixture
def connect(postgres_uri: str) -> Iterator[Callable[[], AbstractContextManager[psycopg.Connection[Any]]]]:
    """What PostgresIndex takes, over a database without its table."""
    with psycopg.connect(postgres_uri) as connection:
        connection.execute("DROP TABLE IF EXISTS search_documents")
    yield lambda: psycopg.connect(postgres_uri)


@pytest.fixture(params=["whoosh", "postgres"])
def make_index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeIndex]:
    """Makes engines of one kind over one and the same index, which doesn't exist yet."""
    made: list[SearchIndex] = []
    connect = request.getfixturevalue("connect") if request.param == "postgres" else None

    def make(**options: float) -> SearchIndex:
        options = {"time_limit": 60} | options  # a busy machine is no reason to fail
        made.append(PostgresIndex(connect, **options) if connect else WhooshIndex(tmp_path / "index", **options))
        return made[-1]

    yield make
    for index in made:
        index.close()


@pytest.fixture
def index(make_index: MakeIndex) -> SearchIndex:
    """An empty index."""
    index = make_index()
    index.rebuild([])
    return index
