"""What is computed from what was measured: medians, ratios, percentiles, and the lines of issue 6 that are reached."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any


class Wrong(Exception):
    """An answer, a status or a size was not what it should be: the run counts for nothing."""


@dataclass(frozen=True)
class Round:
    """One round of load: requests a second, milliseconds at p50 and p99, and microseconds of processor a request."""

    per_second: float
    p50: float
    p99: float
    cpu: float


@dataclass(frozen=True)
class Figure:
    """One case over all of its rounds; `statements` is None where there is no database, `size` is in bytes."""

    name: str
    rounds: tuple[Round, ...]
    size: int
    compressed: int
    statements: int | None

    @property
    def per_second(self) -> float:
        """Requests a second, the median of the rounds."""
        return median(one.per_second for one in self.rounds)

    @property
    def p50(self) -> float:
        """Milliseconds within which half of the requests were answered."""
        return median(one.p50 for one in self.rounds)

    @property
    def p99(self) -> float:
        """Milliseconds within which 99 of 100 requests were answered."""
        return median(one.p99 for one in self.rounds)

    @property
    def cpu(self) -> float:
        """Microseconds of processor time that the server took for a request."""
        return median(one.cpu for one in self.rounds)

    def as_json(self, yardstick: Figure) -> dict[str, Any]:
        """Return the figure for results.json, with the ratio to a yardstick's."""
        return {
            "name": self.name,
            "requests_per_second": round(self.per_second, 1),
            "p50_ms": round(self.p50, 2),
            "p99_ms": round(self.p99, 2),
            "cpu_us_per_request": round(self.cpu),
            "bytes": self.size,
            "bytes_compressed": self.compressed,
            "statements": self.statements,
            "yardstick": yardstick.name,
            "ratio": ratio(self, yardstick),
        }


def ratio(figure: Figure, yardstick: Figure) -> float:
    """Return how many times the yardstick's requests a second: the median of the rounds' own ratios.

    The two of one round were measured within seconds, so that a machine that is shared is slow for both of them.
    """
    pairs = zip(figure.rounds, yardstick.rounds, strict=True)
    return round(median(one.per_second / other.per_second for one, other in pairs), 3)


def cost_ratio(figure: Figure, yardstick: Figure) -> float:
    """Return the same by processor time, which others on the machine disturb less: 1 costs what the yardstick costs."""
    pairs = zip(figure.rounds, yardstick.rounds, strict=True)
    return round(median(other.cpu / one.cpu for one, other in pairs), 3)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of the values lie: of the ranks the nearest above."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-round(share * len(ordered) * 1000) // 1000) - 1))]


@dataclass(frozen=True)
class Line:
    """A line of issue 6: what is wanted of one number. `at_most` False: the number has to reach it."""

    name: str
    number: float | None
    bound: float
    at_most: bool = False
    unit: str = ""

    @property
    def is_reached(self) -> bool | None:
        """Whether it is reached; None where it was not measured."""
        if self.number is None:
            return None
        return self.number <= self.bound if self.at_most else self.number >= self.bound

    def as_json(self) -> dict[str, Any]:
        """Return the line for results.json."""
        return {
            "line": self.name,
            "measured": self.number,
            "wanted": f"{'≤' if self.at_most else '≥'} {self.bound:g}{self.unit}",
            "reached": self.is_reached,
        }


def missed(lines: Iterable[Line]) -> list[Line]:
    """Return the lines that are not reached."""
    return [line for line in lines if line.is_reached is False]
