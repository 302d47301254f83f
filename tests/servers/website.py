"""A whole forum as people use it: set-up, the web server and the worker, as processes of their own.

The journeys talk to it through a browser; the crash tests kill a part of it at any moment and start it again.
"""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from forum.config import LIMITS, SETTINGS
from forum.guard import Guard, end_groups, signal_group
from forum.serve import answers, flask_command, web_command
from tests.servers import mortal
from tests.servers.commands import COMMANDS, Started
from tests.servers.waiting import HOST, free_port, tail, wait_until

ROOT = Path(__file__).resolve().parents[2]


class Website:
    """A forum with a folder of its own. `start_forum` makes one that runs."""

    def __init__(self, guard: Guard, folder: Path, env: Mapping[str, str] | None = None, name: str = HOST) -> None:
        self.instance = folder / "instance"
        self.instance.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.url = f"http://{name}:{self.port}"
        self._guard = guard
        self._folder = folder
        self._env = {**inherited(), "FORUM_INSTANCE": str(self.instance), "SITE_URL": self.url, **(env or {})}
        self._web: Started | None = None
        self._worker: Started | None = None

    @property
    def has_own_database(self) -> bool:
        """Whether its rows lie elsewhere than in its folder."""
        return bool(self._env.get("DATABASE_URL"))

    @property
    def web_pid(self) -> int:
        """The web server's first process; its process group has the same number."""
        assert self._web is not None
        return self._web.pid

    @property
    def worker_pid(self) -> int:
        """The worker's process; its process group has the same number."""
        assert self._worker is not None
        return self._worker.pid

    def worker_lives(self) -> bool:
        """Whether the worker that was started last still runs."""
        return self._worker is not None and self._worker.poll() is None

    def web_lives(self) -> bool:
        """Whether the web server that was started last still runs."""
        return self._web is not None and self._web.poll() is None

    def flask(self, *arguments: str, stdin: str | None = None) -> str:
        """Run a `flask …` command on this forum. Returns what it printed; RuntimeError when it failed."""
        status, said = COMMANDS.run(arguments, self._env, stdin or "")
        if status:
            raise RuntimeError(f"flask {' '.join(arguments)} failed:\n{said}")
        return said

    def start_web(self, workers: int = 1) -> None:
        """Start the web server; returns when it answers."""
        self._web = self._start("web", web_command(HOST, self.port, workers))
        wait_until(lambda: answers(HOST, self.port), self._web, self._log("web"))

    def start_worker(self, ahead: timedelta = timedelta(0)) -> None:
        """Start the worker, with its clock so far ahead; returns at once."""
        self._worker = self._start("worker", flask_command("worker"), mortal.ahead(ahead))

    def kill_web(self) -> None:
        """`kill -9` on every process of the web server at the same moment."""
        self._end(self._web, signal.SIGKILL)

    def kill_worker(self) -> None:
        """`kill -9` on the worker."""
        self._end(self._worker, signal.SIGKILL)

    def stop(self) -> None:
        """End both as a person would: they may finish what they are doing."""
        self._end(self._web, signal.SIGTERM)
        self._end(self._worker, signal.SIGTERM)

    def logs(self) -> str:
        """The last words of both, for a failed test's report."""
        both = (("web", self._web), ("worker", self._worker))
        return "\n".join(f"--- {name}, {_state(process)} ---\n{tail(self._log(name))}" for name, process in both)

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def _start(self, name: str, command: list[str], more: Mapping[str, str] | None = None) -> Started:
        process = COMMANDS.start(command, {**self._env, **(more or {})}, self._log(name))
        self._guard.watch(process.pid)
        return process

    def _end(self, process: Started | None, number: signal.Signals) -> None:
        if process is None:
            return
        if number == signal.SIGTERM:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                end_groups([process.pid], patience=0)
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
        self._guard.forget(process.pid)


def start_forum(
    guard: Guard,
    folder: Path,
    env: Mapping[str, str] | None = None,
    *,
    samples: bool = False,
    worker: bool = True,
    by_name: bool = False,
    web_workers: int = 1,
) -> Website:
    """A running forum in an empty folder, with the sample content if asked for.

    `env` holds settings of forum/config. A folder used before keeps its data. `by_name`: reached as localhost, since
    passkeys are bound to a name.
    """
    website = Website(guard, folder, env, "localhost" if by_name else HOST)
    _set_up(website, samples)
    website.start_web(web_workers)
    if worker:
        website.start_worker()
    return website


def _state(process: Started | None) -> str:
    """Whether it runs, for a report."""
    if process is None:
        return "never started"
    status = process.poll()
    return "running" if status is None else f"ended with status {status}"


_set_ups: dict[bool, Path] = {}  # with and without samples: a folder that was set up and never used


def _set_up(website: Website, samples: bool) -> None:
    """Set the forum up; an empty folder with SQLite gets a copy of what was made the first time."""
    order = ["setup", *["--samples"] * samples]
    if website.has_own_database or any(website.instance.iterdir()):
        website.flask(*order)
        return
    if samples not in _set_ups:
        website.flask(*order)
        _set_ups[samples] = website.instance.with_name(f"set-up{samples:d}")
        shutil.copytree(website.instance, _set_ups[samples])
    else:
        shutil.copytree(_set_ups[samples], website.instance, dirs_exist_ok=True)


def inherited() -> dict[str, str]:
    """This process's environment without any setting of a forum, which the developer may have for another one."""
    ours = {setting.name for setting in SETTINGS} | {f"LIMIT_{name}" for name in LIMITS}
    return {name: value for name, value in os.environ.items() if name not in ours}


def without_limits() -> dict[str, str]:
    """Settings that let one browser do in a minute what people do in a week."""
    return {f"LIMIT_{name}": "10000 per minute" for name in LIMITS}
