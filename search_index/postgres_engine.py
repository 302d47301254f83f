"""The engine at scale: a PostgreSQL table with the same tokens as the embedded one, shared by many machines."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import Any

import psycopg
from psycopg import Cursor, errors, sql
from psycopg.rows import tuple_row

from search_index import postgres_table
from search_index.interface import Document, IndexBusy, IndexUnavailable, Query, Reason, Results
from search_index.postgres_search import Search, Statistics, is_ours, read_statistics
from search_index.postgres_table import COLUMNS, TABLE, create_indexes, create_table, row
from search_index.question import parse

Connect = Callable[[], AbstractContextManager[psycopg.Connection[Any]]]

_NEXT = f"{TABLE}_next"
_LOCK = 0x5EA2C4  # any number, the same in every process: rebuilding is alone, putting is not
_STATISTICS_SECONDS = 60.0


class PostgresIndex:
    """A search index in the table `search_documents` of the database that `connect` leads to.

    `connect()` gives a context manager of a psycopg 3 connection, from a pool or fresh. `time_limit` is how many
    seconds a question may take, `patience` how many a writer waits for a rebuild. May be shared by threads.
    """

    def __init__(self, connect: Connect, time_limit: float = 2.0, patience: float = 5.0) -> None:
        self._connect = connect
        self._time_limit = time_limit
        self._patience = patience
        self._known: tuple[float, Statistics] | None = None
        self._known_turn = threading.Lock()

    def build(self) -> str:
        """See SearchIndex."""
        with self._transaction() as cursor:
            return _build(cursor)

    def put(self, documents: Iterable[Document]) -> None:
        """See SearchIndex."""
        latest = {document.id: document for document in documents}
        rows = [row(latest[id_]) for id_ in sorted(latest)]  # in one order, so that two writers can't deadlock
        changed = sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(name)) for name in COLUMNS)
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET {}").format(
            sql.Identifier(TABLE),
            sql.SQL(", ").join(map(sql.Identifier, COLUMNS)),
            sql.SQL(", ").join([sql.SQL("%s"), sql.SQL("%s::tsvector"), *[sql.SQL("%s")] * (len(COLUMNS) - 2)]),
            changed,
        )
        with self._transaction() as cursor:
            self._lock(cursor)
            self._require_ours(cursor)
            cursor.executemany(statement, rows)

    def drop(self, ids: Iterable[int]) -> None:
        """See SearchIndex."""
        with self._transaction() as cursor:
            self._lock(cursor)
            self._require_ours(cursor)
            cursor.execute("DELETE FROM search_documents WHERE id = ANY(%s)", (sorted(set(ids)),))

    def expunge(self) -> None:
        """See SearchIndex. A dropped row is gone for every reader; the server's vacuum frees its place."""

    def find(self, query: Query) -> Results:
        """See SearchIndex. Looks at some 2,000 candidates at most (see `postgres_search`)."""
        started = monotonic()
        question = parse(query.text)
        if not question:
            return Results()
        try:
            with self._transaction() as cursor:
                self._limit(cursor, started)
                ranking, candidates = Search(question, query, self._statistics(cursor)).run(cursor)
        except _OutOfTime:
            return Results(timed_out=True, took_ms=(monotonic() - started) * 1000)
        results = ranking.answer(candidates, query)
        return Results(results.hits, results.more, (monotonic() - started) * 1000)

    def rebuild(self, documents: Iterable[Document], progress: Callable[[int], None] | None = None) -> int:
        """See SearchIndex. All in one transaction: whoever kills it leaves the old table and nothing else."""
        with self._transaction() as cursor:
            self._lock(cursor, alone=True)
            count = _rebuild(cursor, documents, progress)
        self.close()
        return count

    def mend(self, documents: Iterable[Document], suspect: str = "") -> bool:
        """See SearchIndex."""
        with self._transaction() as cursor:
            self._lock(cursor, alone=True, patience=0)
            if _build(cursor) != suspect and self._answers(cursor):
                return False
            _rebuild(cursor, documents)
        self.close()
        return True

    def ids(self, after: int = 0, limit: int = 10_000) -> list[int]:
        """See SearchIndex."""
        with self._transaction() as cursor:
            self._require_ours(cursor)
            cursor.execute("SELECT id FROM search_documents WHERE id > %s ORDER BY id LIMIT %s", (after, limit))
            return [id_ for (id_,) in cursor]

    def check(self) -> None:
        """See SearchIndex."""
        with self._transaction() as cursor:
            self._check(cursor)

    def close(self) -> None:
        """See SearchIndex. The connections are the caller's."""
        self._known = None

    @contextmanager
    def _transaction(self) -> Iterator[Cursor[Any]]:
        with (
            _explained(),
            self._connect() as connection,
            connection.transaction(),
            connection.cursor(row_factory=tuple_row) as cursor,
        ):
            yield cursor

    def _lock(self, cursor: Cursor[Any], alone: bool = False, patience: float | None = None) -> None:
        """Wait for a rebuild to end or, when rebuilding, for every writer; let go at the end of the transaction."""
        patience = self._patience if patience is None else patience
        cursor.execute("SELECT set_config('lock_timeout', %s, true)", (f"{max(1, round(patience * 1000))}ms",))
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)" if alone else "SELECT pg_advisory_xact_lock_shared(%s)", (_LOCK,)
        )

    def _limit(self, cursor: Cursor[Any], started: float) -> None:
        left = self._time_limit - (monotonic() - started)
        if left <= 0:
            raise _OutOfTime
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", (f"{max(1, round(left * 1000))}ms",))

    def _statistics(self, cursor: Cursor[Any]) -> Statistics:
        known = self._known
        if known is None or monotonic() - known[0] > _STATISTICS_SECONDS:
            self._known = known = (monotonic(), self._require_ours(cursor))
        return known[1]

    def _answers(self, cursor: Cursor[Any]) -> bool:
        """Whether the index is sound, asked in a transaction that goes on."""
        try:
            with cursor.connection.transaction(), _explained():
                self._check(cursor)
        except IndexUnavailable as error:
            if error.needs_rebuild:
                return False
            raise
        return True

    def _check(self, cursor: Cursor[Any]) -> None:
        self._require_ours(cursor)
        cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = %s::regclass", (f"{TABLE}_tokens",))
        if cursor.fetchall() != [(True,)]:
            raise IndexUnavailable(Reason.DAMAGED, "the index over tokens is not valid")

    @staticmethod
    def _require_ours(cursor: Cursor[Any]) -> Statistics:
        table_comment, statistics = read_statistics(cursor)
        if not is_ours(table_comment):
            raise IndexUnavailable(Reason.OUTDATED, f"{table_comment!r}, this is {postgres_table.comment()!r}")
        return statistics


class _OutOfTime(IndexBusy):
    """A statement took longer than the time limit, ours or the server's."""


def _build(cursor: Cursor[Any]) -> str:
    cursor.execute("SELECT coalesce(to_regclass(%s)::oid::text, '')", (TABLE,))
    return str(cursor.fetchall()[0][0])


def _rebuild(cursor: Cursor[Any], documents: Iterable[Document], progress: Callable[[int], None] | None = None) -> int:
    """Fill a new table and put it in the place of the old one; the caller holds the lock of the one writer."""
    cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
    cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(sql.Identifier(_NEXT)))
    cursor.execute(create_table(_NEXT))
    count = _copy(cursor, documents, progress)
    for statement in create_indexes(_NEXT):
        cursor.execute(statement)
    cursor.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(_NEXT)))
    cursor.execute("SET LOCAL lock_timeout = '60s'")  # searches under way end long before
    for statement in postgres_table.rename(_NEXT, TABLE):
        cursor.execute(statement)
    return count


def _copy(cursor: Cursor[Any], documents: Iterable[Document], progress: Callable[[int], None] | None) -> int:
    columns = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    count = 0
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(_NEXT), columns)) as copy:
        for count, document in enumerate(documents, 1):
            copy.write_row(row(document))
            if progress and count % 500 == 0:
                progress(count)
    return count


@contextmanager
def _explained() -> Iterator[None]:
    """Every error of the database as what it means for search."""
    try:
        yield
    except errors.QueryCanceled as error:
        raise _OutOfTime from error
    except (errors.LockNotAvailable, errors.DeadlockDetected, errors.SerializationFailure) as error:
        raise IndexBusy(type(error).__name__) from error
    except errors.UndefinedTable as error:
        raise IndexUnavailable(Reason.MISSING, "no table") from error
    except (errors.UndefinedColumn, errors.DatatypeMismatch) as error:
        raise IndexUnavailable(Reason.OUTDATED, type(error).__name__) from error
    except (errors.DiskFull, errors.ReadOnlySqlTransaction, errors.InsufficientPrivilege) as error:
        raise IndexUnavailable(Reason.UNWRITABLE, type(error).__name__) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise IndexUnavailable(Reason.UNREACHABLE, type(error).__name__) from error
    except psycopg.Error as error:
        raise IndexUnavailable(Reason.DAMAGED, type(error).__name__) from error
