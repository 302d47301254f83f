"""How long the whole forum takes from the command to its first page, and what all of its processes use."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.speed.cases import HOST, ask
from bench.speed.figures import Wrong
from bench.speed.load import load
from bench.speed.servers import ROOT, Memory, cpu_of, family, memory
from forum.guard import Guard, end_groups
from tests.servers.waiting import free_port

PATIENCE = 90  # seconds
SETTLED = 3.0  # seconds after which the worker has done what it does at its beginning


@dataclass(frozen=True)
class Start:
    """A start: seconds to the first page, by the clock and of the processor, and every process after some load."""

    seconds: float
    cpu: float
    processes: dict[str, Memory]


def start(env: Mapping[str, str], path: str, log: Path, load_seconds: int = 0) -> Start:
    """Start the forum as `make run` does, ask for `/`, load `path` for some seconds, look at all processes, stop."""
    port = free_port()
    guard = Guard()
    began = time.perf_counter()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "forum.serve"],
            cwd=ROOT,
            env={**env, "PORT": str(port)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    guard.watch(process.pid)
    try:
        _first_page(process, port, began)
        seconds, cpu = time.perf_counter() - began, cpu_of(family(process.pid))
        processes = {}
        if load_seconds:
            time.sleep(SETTLED)
            load(f"http://{HOST}:{port}{path}", load_seconds)
            processes = {f"{_name(pid)} {pid}": memory(pid) for pid in sorted(family(process.pid))}
        return Start(seconds, cpu, processes)
    finally:
        end_groups([process.pid])
        process.wait()
        guard.close()


def _first_page(process: subprocess.Popen[bytes], port: int, began: float) -> None:
    while time.perf_counter() - began < PATIENCE and process.poll() is None:
        try:
            if ask(port, "/").status == 200:
                return
        except OSError:
            time.sleep(0.01)
    raise Wrong("the forum did not start")


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    for part, name in (
        ("forum.serve", "supervisor"),
        ("guard.py", "guard"),
        ("webserver", "web"),
        ("worker", "worker"),
    ):
        if any(part in word for word in words):
            return name
    return "other"
