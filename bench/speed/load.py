"""Load by wrk on the second core, and what its report says. wrk comes from the system: apt-get install wrk."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass

from bench.speed.figures import Wrong

CONNECTIONS = 8
LOAD_CORE = "1"
_UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
_SIZES = {"B": 1, "KB": 1024, "MB": 1024**2, "GB": 1024**3}


class Missing(Exception):
    """Something that the machine has to have is not there; the message says how to get it."""


@dataclass(frozen=True)
class Report:
    """What wrk says: answers, seconds, bytes with headers, and milliseconds at p50 and p99."""

    requests: int
    seconds: float
    read: float
    p50: float
    p99: float

    @property
    def per_second(self) -> float:
        """Answers a second."""
        return self.requests / self.seconds

    @property
    def each(self) -> float:
        """Bytes of an answer with its headers, as wrk rounds them."""
        return self.read / self.requests


def need_tools() -> None:
    """Raise Missing unless wrk and taskset are there."""
    for tool, package in (("wrk", "wrk"), ("taskset", "util-linux")):
        if shutil.which(tool) is None:
            raise Missing(f"{tool} is missing; it measures here. On Debian or Ubuntu: sudo apt-get install {package}")


def load(url: str, seconds: int, headers: Mapping[str, str] | None = None, *, connections: int = CONNECTIONS) -> Report:
    """Ask for `url` as fast as it is answered, on so many connections; Wrong when an answer was a fault."""
    command = [
        "taskset",
        "-c",
        LOAD_CORE,
        "wrk",
        "--latency",
        "--timeout",
        "30s",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
    ]
    for name, value in (headers or {}).items():
        command += ["-H", f"{name}: {value}"]
    done = subprocess.run([*command, url], capture_output=True, text=True, check=True)
    return parse(done.stdout)


def parse(text: str) -> Report:
    """Read wrk's report; Wrong for socket errors, for answers that were none, and for a report of nothing."""
    if fault := re.search(r"Socket errors: .*|Non-2xx or 3xx responses: .*", text):
        raise Wrong(f"wrk: {fault[0]}")
    total = re.search(r"(\d+) requests in ([\d.]+)([a-z]+), ([\d.]+)([KMG]?B) read", text)
    if total is None or not int(total[1]):
        raise Wrong(f"wrk reports no answers: {text.strip()[:200]}")
    return Report(
        requests=int(total[1]),
        seconds=float(total[2]) * _UNITS[total[3]] / 1000,
        read=float(total[4]) * _SIZES[total[5]],
        p50=_within(text, "50%"),
        p99=_within(text, "99%"),
    )


def _within(text: str, share: str) -> float:
    found = re.search(rf"^\s+{share}\s+([\d.]+)([a-z]+)\s*$", text, re.MULTILINE)
    if found is None:
        raise Wrong(f"wrk says nothing of {share}")
    return float(found[1]) * _UNITS[found[2]]
