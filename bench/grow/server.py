"""A PostgreSQL server of our own whose data stay, from the same wheel as in the tests, on a Unix socket."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers.postgres import reachable_binaries, unprivileged
from tests.servers.waiting import wait_until

# A machine of 24 GB shared with others; in filling nothing has to survive a crash: the stamp is written afterwards.
FILLING = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
           "max_wal_size=8GB", "autovacuum=off", "checkpoint_timeout=30min")  # fmt: skip
MEASURING = ("fsync=on", "autovacuum=off")  # which would otherwise start amid the pages
ALWAYS = ("shared_buffers=2GB", "effective_cache_size=8GB", "random_page_cost=1.1", "max_connections=60")


class Server:
    """A server that runs; `url` leads to one of its databases."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def url(self, database: str = "postgres") -> str:
        """Return the address of a database as the forum takes it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self._folder}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[object, ...]]:
        """Run one statement by itself and return its rows."""
        with psycopg.connect(f"host={self._folder} user=postgres dbname={database}", autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


@contextmanager
def running(folder: Path, *, filling: bool) -> Iterator[Server]:
    """Run the server whose data lie in `folder` (made when they are not there); it ends with the context."""
    folder.mkdir(parents=True, exist_ok=True)
    identity = unprivileged(folder)
    copied = folder / "server" / "bin"
    binaries = copied if copied.exists() else reachable_binaries(folder, identity)
    data = folder / "data"
    if not data.exists():
        command = [str(binaries / "initdb"), "--pgdata", str(data), "--username=postgres", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(command, capture_output=True, check=True, **identity)
    settings = [part for each in (*ALWAYS, *(FILLING if filling else MEASURING)) for part in ("-c", each)]
    log = folder / "log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            [str(binaries / "postgres"), "-D", str(data), "-k", str(folder), "-h", "", *settings],
            stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True, **identity,
        )  # fmt: skip
    server = Server(folder)
    try:
        wait_until(lambda: _accepts(server), process, log)
        yield server
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(120)


def _accepts(server: Server) -> bool:
    try:
        server.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True
