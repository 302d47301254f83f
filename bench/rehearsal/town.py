"""Everything that runs in a rehearsal: PostgreSQL, Redis, nginx, web nodes and workers, each a real process."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.rehearsal.image import Image
from bench.rehearsal.proxy import HOST, Nginx
from forum.guard import Guard, signal_group
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis
from tests.servers.robot import NoAnswer, Robot
from tests.servers.waiting import free_port, wait_until
from tests.servers.website import inherited, without_limits

SEARCHES = 6  # from one address within ten minutes, on all nodes together
STOPS_WITHIN = 30  # seconds
MIGRATION = '''"""What a next version may add: a column that old programs do without, and a table of its own."""

import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{newest}"


def upgrade() -> None:
    op.add_column("posts", sa.Column("rehearsed", sa.String(20), nullable=True))
    op.create_table("rehearsals", sa.Column("id", sa.Integer, primary_key=True), sa.Column("played_at", sa.DateTime))


def downgrade() -> None:
    op.drop_table("rehearsals")
    op.drop_column("posts", "rehearsed")
'''


@dataclass
class Server:
    """One process of the forum: a web node where it has a port, else a worker."""

    name: str
    program: Path
    env: Mapping[str, str]
    log: Path
    guard: Guard
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where a web node answers."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it; returns when a web node is ready, and at once for a worker."""
        arguments = ["-m", "forum.serve", "web"] if self.port else ["-m", "flask", "worker"]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=self.program,
                env={**self.env, "HOST": HOST, "PORT": str(self.port)},
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.guard.watch(self.process.pid)
        if self.port:
            wait_until(self.is_ready, self.process, self.log)

    def is_ready(self) -> bool:
        """Whether a web node says so."""
        try:
            return Robot(self.url).get("/health/ready")[0] == 200
        except NoAnswer:
            return False

    def kill(self) -> None:
        """Let it be gone at once with all its processes, as when a machine fails."""
        assert self.process is not None
        for group in _groups_of(self.process.pid):
            signal_group(group, signal.SIGKILL)
        self.process.wait()
        self.guard.forget(self.process.pid)

    def stop(self) -> int:
        """Ask it to stop, and return its exit status; 137 where it had to be killed."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(STOPS_WITHIN)
        except subprocess.TimeoutExpired:
            self.kill()
            return 137
        self.guard.forget(self.process.pid)
        return status


def _groups_of(pid: int) -> list[int]:
    """Return the process groups of a process and of those that it started, each of which leads one (supervisor.py)."""
    listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    parents = [tuple(map(int, line.split())) for line in listed.stdout.splitlines()]
    found = [pid]
    for group in found:
        found += [child for child, parent in parents if parent == group]
    return found


@dataclass
class Town:
    """All of them."""

    guard: Guard
    folder: Path
    old: Path
    new: Path
    postgres: Postgres
    redis: Redis
    nginx: Nginx
    nodes: list[Server]
    workers: list[Server]
    env: dict[str, str]
    statuses: list[int] = field(default_factory=list)  # of all that were asked to stop

    def flask(self, program: Path, *arguments: str, stdin: str = "") -> None:
        """Run a `flask …` command of one version; RuntimeError with its words when it fails."""
        command = [sys.executable, "-m", "flask", *arguments]
        done = subprocess.run(
            command, cwd=program, env=self.env, input=stdin, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")

    def renew(self, server: Server) -> None:
        """Stop a server and start it with the new version."""
        self.statuses.append(server.stop())
        server.program = self.new
        server.start()

    def keep_logs(self) -> Path:
        """Copy what all have said to a folder that stays; return it."""
        kept = Path(tempfile.mkdtemp(prefix="forum-rehearsal-logs-"))
        for log in self.folder.glob("*.log"):
            shutil.copy(log, kept)
        shutil.copy(self.nginx.log, kept / "nginx.log")
        return kept

    def close(self) -> None:
        """End everything."""
        for server in (*self.nodes, *self.workers):
            if server.process is not None and server.process.poll() is None:
                self.statuses.append(server.stop())
        self.nginx.stop()
        self.redis.stop()
        self.postgres.stop()


def build(guard: Guard, folder: Path) -> Town:
    """Return the town with everything running: the old version on two nodes and two workers, in production."""
    old, new = _program(folder / "old"), _program(folder / "new")
    _make_new(new)
    postgres, redis = Postgres(guard, is_durable=True), Redis(guard)
    front, ports = free_port(), [free_port(), free_port()]
    env = {**inherited(), **without_limits(), "PATH": os.environ["PATH"]}
    env |= {"VISITOR_SECONDS": "0"}  # all readers here are of one network
    env |= {"LIMIT_SEARCH_ANONYMOUS": f"{SEARCHES} per 10 minutes", "FORUM_ENV": "production", "SECRET_KEY": "k3" * 20}
    env |= {"DATABASE_URL": postgres.create("rehearsal"), "REDIS_URL": redis.url, "TRUSTED_PROXIES": "1"}
    env |= {"SITE_URL": f"http://{HOST}:{front}", "FORUM_INSTANCE": str(folder / "instance"), "CONTACT": "/about"}
    nodes = [Server(f"node {n}", old, env, folder / f"node{n}.log", guard, port) for n, port in enumerate(ports, 1)]
    workers = [Server(f"worker {n}", old, env, folder / f"worker{n}.log", guard) for n in (1, 2)]
    nginx = Nginx(guard, folder / "nginx", front, ports)
    town = Town(guard, folder, old, new, postgres, redis, nginx, nodes, workers, env)
    town.flask(old, "setup")
    for server in (*workers, *nodes):
        server.start()
    wait_until(lambda: Robot(nginx.url).get("/")[0] == 200, nginx.process, nginx.log)
    return town


def _program(folder: Path) -> Path:
    """Lay the forum's files down as the image has them; return their folder."""
    image = Image(folder)
    image.make(run=False)
    babel = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "compile", "--directory", "translations"]
    subprocess.run(babel, cwd=image.workdir, check=True)
    return image.workdir


def _make_new(program: Path) -> None:
    """Make a next version of it: with a migration, and a style sheet that differs."""
    versions = program / "migrations" / "versions"
    newest = max(path.name[:4] for path in versions.glob("[0-9]*.py"))
    (versions / "9001_rehearsed.py").write_text(MIGRATION.format(newest=newest))
    with (program / "static" / "css" / "site.css").open("a") as sheet:
        sheet.write("/* of the next version */\n")
