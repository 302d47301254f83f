"""`python -m bench.grow.asking INSTANCE [URL]`: one forum in a process of its own, asked by lines on its input.

So forums of all sizes can be asked in turns, and whatever else the machine does disturbs all of them alike.
"""

from __future__ import annotations

import gc
import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from bench.grow.pages import Page, pages
from bench.speed.stage import counted
from forum.trust.flushing import Flusher
from tests.servers.website import without_limits

_WORK = (
    "SELECT coalesce(sum(hits), 0) + coalesce(sum(reads), 0) FROM pg_stat_get_backend_io(%s) WHERE object = 'relation'"
)


class Database:
    """The database's own account of its work, which nothing else on the machine disturbs.

    For PostgreSQL the blocks (8 KB) that it looked at, in memory or not; for SQLite the steps of its machine.
    """

    def __init__(self, engine: Engine) -> None:
        self.seconds, self.steps, self._began = 0.0, 0, 0.0
        self._engine, self._connections = engine, set[Any]()
        self.is_postgres = engine.dialect.name == "postgresql"
        event.listen(engine, "checkout", lambda connection, *_: self._connections.add(connection))
        event.listen(engine, "before_cursor_execute", self._before)
        event.listen(engine, "after_cursor_execute", self._after)

    def _before(self, *_: Any) -> None:
        self._began = time.perf_counter()

    def _after(self, *_: Any) -> None:
        self.seconds += time.perf_counter() - self._began

    @contextmanager
    def working(self) -> Iterator[list[int]]:
        """Yield a list that holds the work of what was done inside, afterwards."""
        found = list[int]()
        if self.is_postgres:
            before = self._blocks()
            yield found
            found.append(self._blocks() - before)
            return
        self.steps = 0
        connections = [one for one in self._connections if isinstance(one, sqlite3.Connection)]
        for connection in connections:
            connection.set_progress_handler(self._step, 1)
        yield found
        for connection in connections:
            connection.set_progress_handler(None, 0)
        found.append(self.steps)

    def processor(self) -> float:
        """Return the seconds of processor that this process and those that serve its connections have taken."""
        if not self.is_postgres:
            return time.process_time()
        pids = [connection.info.backend_pid for connection in list(self._connections)]
        return (
            time.process_time() + sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids) / 1e9
        )

    def _step(self) -> int:
        self.steps += 1
        return 0

    def _blocks(self) -> int:
        """Let each connection say what it has counted, then read it on one of them (which counts itself alike)."""
        total = 0
        for connection in list(self._connections):
            connection.execute("SELECT pg_stat_force_next_flush()")
            connection.commit()
            total += int(connection.execute(_WORK, (connection.info.backend_pid,)).fetchone()[0])
            connection.commit()
        return total


def measured(page: Page, times: int, database: Database, *, counting: bool) -> dict[str, Any]:
    """Ask so often; return milliseconds, those of the database, and if wanted statements and the database's work."""
    page.act()
    answer: dict[str, Any] = {"page": page.name, "ms": [], "db_ms": [], "cpu_ms": []}
    if counting:
        page.act()
        with counted() as seen, database.working() as work:
            page.act()
        answer |= {"statements": len(seen), "work": work[0]}
    gc.collect()
    for _ in range(times):
        database.seconds, began, spent = 0.0, time.perf_counter(), database.processor()
        page.act()
        answer["ms"].append((time.perf_counter() - began) * 1000)
        answer["cpu_ms"].append((database.processor() - spent) * 1000)
        answer["db_ms"].append(database.seconds * 1000)
    return answer


def main() -> None:
    """Answer one line of JSON after the other: {"page", "times", "counting"}."""
    os.environ.update(without_limits())
    from bench.grow.filling import forum  # noqa: PLC0415 - the limits are read with it

    out, sys.stdout = sys.stdout, sys.stderr
    Flusher.start = lambda self: None  # type: ignore[method-assign]  # what was read would be written in between
    app = forum(Path(sys.argv[1]), *sys.argv[2:])
    app.test_cli_runner().invoke(args=["setup"])  # where it was filled before the latest migration
    with app.app_context():
        from forum.core.database import db  # noqa: PLC0415 - beside the application

        engine = db.engine
    database = Database(engine)
    asked = {page.name: page for page in pages(app)}
    print(json.dumps([[page.name, page.is_search] for page in asked.values()]), file=out, flush=True)
    for line in sys.stdin:
        wish = json.loads(line)
        found = measured(asked[wish["page"]], wish["times"], database, counting=wish["counting"])
        print(json.dumps(found), file=out, flush=True)


if __name__ == "__main__":
    main()
