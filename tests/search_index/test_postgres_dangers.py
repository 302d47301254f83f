"""What can happen to the table in PostgreSQL, and that a search never fails in any other way."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import psycopg
import pytest

from search_index.interface import IndexBusy, IndexUnavailable, Query, Reason
from search_index.postgres_engine import PostgresIndex
from search_index.postgres_search import read_statistics
from tests.search_index.conftest import found, post

Connect = Callable[[], AbstractContextManager[psycopg.Connection[Any]]]


@pytest.fixture
def index(connect: Connect) -> PostgresIndex:
    """A healthy index."""
    index = PostgresIndex(connect)
    index.rebuild([post(number, f"charity number{number}") for number in range(1, 50)])
    return index


def refusal(act: Callable[[], object]) -> Reason:
    with pytest.raises(IndexUnavailable) as caught:
        act()
    return caught.value.reason


def run(connect: Connect, statement: str) -> None:
    with connect() as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("DROP TABLE search_documents", Reason.MISSING),
        ("COMMENT ON TABLE search_documents IS 'search_index 0'", Reason.OUTDATED),
        ("COMMENT ON TABLE search_documents IS NULL", Reason.OUTDATED),
        ("ALTER TABLE search_documents DROP COLUMN tokens", Reason.OUTDATED),
    ],
)
def test_a_table_that_is_not_ours(index: PostgresIndex, connect: Connect, statement: str, reason: Reason) -> None:
    assert found(index, "number7") == [7]
    run(connect, statement)
    index.close()  # within a minute it would look again by itself
    assert refusal(lambda: index.find(Query("charity"))) is reason
    assert refusal(lambda: index.put([post(1, "charity")])) is reason
    index.rebuild([post(1, "charity")])
    index.check()
    assert found(index, "charity") == [1]


def test_a_table_that_vanishes_between_two_searches(index: PostgresIndex, connect: Connect) -> None:
    assert found(index, "number7") == [7]
    run(connect, "DROP TABLE search_documents")
    assert refusal(lambda: index.find(Query("charity"))) is Reason.MISSING


def test_a_lost_index_is_noticed(index: PostgresIndex, connect: Connect) -> None:
    run(connect, "DROP INDEX search_documents_tokens")
    assert refusal(index.check) is Reason.MISSING


def test_a_server_that_is_gone() -> None:
    index = PostgresIndex(lambda: psycopg.connect("host=/nonexistent dbname=x connect_timeout=1"))
    for act in (lambda: index.find(Query("charity")), index.check, index.ids, lambda: index.put([post(1, "charity")])):
        assert refusal(act) is Reason.UNREACHABLE


def test_a_database_that_may_not_be_written(index: PostgresIndex, postgres_uri: str) -> None:
    replica = PostgresIndex(lambda: psycopg.connect(postgres_uri, options="-c default_transaction_read_only=on"))
    assert found(replica, "number7") == [7]
    assert refusal(lambda: replica.put([post(1, "charity")])) is Reason.UNWRITABLE


def test_time_runs_out_in_the_middle(index: PostgresIndex, connect: Connect) -> None:
    hasty = PostgresIndex(connect, time_limit=0.05)
    with connect() as other:
        other.execute("LOCK TABLE search_documents IN ACCESS EXCLUSIVE MODE")
        results = hasty.find(Query("charity"))
    assert results.timed_out
    assert results.hits == ()
    assert not PostgresIndex(connect).find(Query("charity")).timed_out


def test_a_writer_killed_while_rebuilding_leaves_the_old_table(index: PostgresIndex, connect: Connect) -> None:
    def documents() -> Any:
        yield post(1, "charity")
        run(
            connect,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'COPY%' AND pid <> pg_backend_pid()",
        )
        for number in range(2, 20_000):
            yield post(number, "charity")

    assert refusal(lambda: index.rebuild(documents())) is Reason.UNREACHABLE
    assert found(index, "number7") == [7]
    assert index.rebuild([post(1, "charity")]) == 1


def test_the_table_is_as_small_a_piece_of_postgresql_as_it_can_be(index: PostgresIndex, connect: Connect) -> None:
    with connect() as connection:
        extensions = connection.execute("SELECT extname FROM pg_extension").fetchall()
        indexes = connection.execute(
            "SELECT indexname FROM pg_indexes WHERE tablename = 'search_documents' ORDER BY 1"
        ).fetchall()
    assert extensions == [("plpgsql",)]
    assert [name.removeprefix("search_documents_") for (name,) in indexes] == [
        "author",
        "created",
        "pkey",
        "subtheme",
        "tokens",
    ]


def test_rare_words_are_found_however_old_they_are(connect: Connect) -> None:
    """Beyond the newest thousand posts with a common word, the one with the rare word must still be found."""
    index = PostgresIndex(connect)
    index.rebuild([post(number, "escrow" if number == 1 else "platform") for number in range(1, 3_001)])
    assert found(index, "platform escrow")[0] == 1
    assert found(index, "escrow") == [1]
    assert len(found(index, "platform", limit=100)) == 100


class _Between:
    """A cursor that looks while another table is being put in the index's place."""

    def execute(self, *_: object) -> None:
        """Find the name, and no table under its number any more."""

    def fetchone(self) -> None:
        """Return that."""


def test_a_table_that_is_replaced_while_it_is_looked_at_is_busy() -> None:
    with pytest.raises(IndexBusy):
        read_statistics(_Between())  # type: ignore[arg-type]
