"""Servers under measurement: one worker of the forum's own server program on the first core, and what they use."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.speed.cases import HOST
from forum.guard import Guard, end_groups
from forum.serve import MEMORY, answers, web_command
from tests.servers.waiting import free_port, wait_until

ROOT = Path(__file__).resolve().parents[2]
SERVER_CORE = "0"
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Server:
    """A running server."""

    name: str
    port: int
    pid: int

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://{HOST}:{self.port}{path}"

    def cpu(self) -> float:
        """Seconds of processor time that its processes have used so far."""
        return sum(_seconds(pid) for pid in family(self.pid))

    @property
    def worker(self) -> int:
        """The process that answers: the last one below the server's own."""
        return max(family(self.pid), key=lambda pid: memory(pid).resident)


@dataclass(frozen=True)
class Memory:
    """Megabytes of a process: all that it maps, and its share where processes share pages."""

    resident: float
    share: float


@contextmanager
def running(name: str, target: str, log: Path, env: Mapping[str, str]) -> Iterator[Server]:
    """Start one worker of the server program with the application `target` on the first core; end it afterwards."""
    port = free_port()
    command = ["taskset", "-c", SERVER_CORE, *web_command(HOST, port)[:-1], target]
    guard = Guard()
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**MEMORY, **env}, stdout=output, stderr=output, start_new_session=True
        )
    guard.watch(process.pid)
    try:
        wait_until(lambda: answers(HOST, port), process, log)
        yield Server(name, port, process.pid)
    finally:
        end_groups([process.pid])
        process.wait()
        guard.close()


def family(pid: int) -> list[int]:
    """Return the process and all below it."""
    below: dict[int, list[int]] = {}
    for place in Path("/proc").iterdir():
        if place.name.isdigit() and (parent := _parent(place)) is not None:
            below.setdefault(parent, []).append(int(place.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += below.get(found[-1], [])
    return found


def cpu_of(pids: Iterable[int]) -> float:
    """Return the seconds of processor time of these processes and of their children that have ended."""
    return sum(_seconds(pid, ended=True) for pid in pids)


def memory(pid: int) -> Memory:
    """Return what a process uses now."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    resident, share = (re.search(rf"^{name}:\s+(\d+) kB", text, re.MULTILINE) for name in ("Rss", "Pss"))
    assert resident and share
    return Memory(int(resident[1]) / 1024, int(share[1]) / 1024)


def _parent(place: Path) -> int | None:
    try:
        return int((place / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended meanwhile
        return None


def _seconds(pid: int, *, ended: bool = False) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if ended else 13])) / _TICKS


def python(*arguments: str, env: Mapping[str, str]) -> None:
    """Run a module of this Python to its end; CalledProcessError with what it said when it fails."""
    subprocess.run([sys.executable, "-m", *arguments], cwd=ROOT, env=dict(env), check=True, capture_output=True)
