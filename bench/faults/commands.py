"""Commands of the forum as programs of their own, killed after a while or left to their end."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from bench.faults.stage import Stage
from forum.guard import signal_group
from forum.serve import flask_command
from tests.servers import mortal
from tests.servers.commands import COMMANDS
from tests.servers.website import inherited


def environment(instance: Path, url: str) -> dict[str, str]:
    """Return the settings of a forum in this folder, with this database ("" is SQLite in it)."""
    place = {"FORUM_INSTANCE": str(instance), "SECRET_KEY": "k" * 40}
    return {**inherited(), **place, **({"DATABASE_URL": url} if url else {})}


def flask(env: Mapping[str, str], *arguments: str) -> tuple[int, str]:
    """Run a command to its end; return its exit status and what it said."""
    return COMMANDS.run(arguments, env)


def killed(stage: Stage, env: Mapping[str, str], seconds: float, *arguments: str) -> bool:
    """Run a command and kill it after so many seconds; return whether it was at work then."""
    process = COMMANDS.start(flask_command(*arguments), env, stage.folder / "commands.log")
    stage.guard.watch(process.pid)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        signal_group(process.pid, signal.SIGKILL)
        process.wait()
        return True
    finally:
        stage.guard.forget(process.pid)
    return False


def timed(env: Mapping[str, str], *arguments: str) -> float:
    """Run a command to its end; return its seconds, or raise RuntimeError with what it said."""
    began = time.monotonic()
    status, said = flask(env, *arguments)
    if status:
        raise RuntimeError(f"flask {' '.join(arguments)}: {said[-2000:]}")
    return time.monotonic() - began


def migrate(env: Mapping[str, str], dies_at: int, direction: str, revision: str) -> tuple[bool, int]:
    """Migrate ("upgrade" or "downgrade"); return whether it died just before that statement, or how many there were."""
    status, said = flask({**env, **mortal.dies_at(dies_at)}, "db", direction, revision)
    if status not in (0, -signal.SIGKILL):
        raise RuntimeError(f"flask db {direction} {revision}: {said[-2000:]}")
    return status != 0, int(said.rpartition(mortal.SAID)[2] or 0) if not status else 0
