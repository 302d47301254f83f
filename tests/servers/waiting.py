"""Where servers of the tests listen, and waiting until they do, with their own words when they don't."""

import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

HOST = "127.0.0.1"
PATIENCE = 60.0  # seconds; a loaded machine with two cores starts everything in a tenth of that


class Process(Protocol):
    """What of a Popen is asked here."""

    args: Any

    def poll(self) -> object:
        """Return None while it runs."""


def wait_until(ready: Callable[[], bool], process: Process, log: Path) -> None:
    """Return when the server is ready; RuntimeError with its log when it ended or took too long."""
    deadline = time.monotonic() + PATIENCE
    while not ready():
        status = process.poll()
        if status is not None:
            raise RuntimeError(f"{process.args!r} ended with status {status}:\n{tail(log)}")
        if time.monotonic() > deadline:
            raise RuntimeError(f"{process.args!r} was not ready within {PATIENCE:.0f} s:\n{tail(log)}")
        time.sleep(0.02)


def tail(log: Path, lines: int = 60) -> str:
    """The last lines of a log, or a word that there are none."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(text.splitlines()[-lines:]) or f"(nothing in {log})"


def free_port() -> int:
    """A port that nobody uses at this moment."""
    with socket.socket() as trial:
        trial.bind((HOST, 0))
        return int(trial.getsockname()[1])
