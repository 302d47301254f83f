"""Where servers of the tests listen, and waiting until they do, with their own words when they don't."""

import itertools
import os
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
    """A port that nobody uses at this moment, and that nobody takes while its server is started again.

    So it is none of those that the system gives to connections (from 32,768 on), each process of pytest-xdist has some
    thousands of its own, and one is not given twice in a row.
    """
    for port in _ports:
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what was closed just now doesn't count
            try:
                trial.bind((HOST, port))
            except OSError:
                continue
            return port
    raise RuntimeError("no port is free")  # never: the ports come round again


_OF_A_PROCESS = 5_000
_process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw3").removeprefix("gw")) % 4
_first = 12_000 + _process * _OF_A_PROCESS
_ports = itertools.cycle(_first + (os.getpid() * 37 + step) % _OF_A_PROCESS for step in range(_OF_A_PROCESS))
