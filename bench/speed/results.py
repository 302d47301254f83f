"""The results as a table for people, as JSON for programs and documents, and the lines of issue 6 beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from statistics import median
from typing import Any

from bench.machine import machine
from bench.speed import content, searching, shared
from bench.speed.cases import Case
from bench.speed.figures import Figure, Line, cost_ratio, percentile, ratio
from bench.speed.posting import Sequence as Asked
from bench.speed.searching import Found
from bench.speed.servers import Memory
from bench.speed.shared import Shared
from bench.speed.starting import Start
from bench.speed.weight import Weight


@dataclass
class Results:
    """Everything that a run measured."""

    cases: Sequence[Case]
    figures: dict[str, Figure]
    replies: Asked
    searches: Asked
    web: Memory
    starts: Sequence[Start]
    weight: Weight
    is_quick: bool = False
    loads: list[float] = field(default_factory=list)  # of the machine, at the beginning and at the end
    large: Mapping[str, Found] = field(default_factory=dict)
    two: Shared | None = None

    @property
    def reply_ms(self) -> float:
        """Milliseconds of a reply, the median."""
        return round(median(self.replies.milliseconds), 2)

    @property
    def search_p95(self) -> float:
        """Milliseconds within which 95 of 100 searches were answered."""
        return round(percentile(self.searches.milliseconds, 0.95), 1)

    @property
    def all_processes(self) -> float:
        """Megabytes of all processes of `make run`, counting shared pages in each."""
        return round(sum(one.resident for one in self.starts[-1].processes.values()), 1)

    def lines(self) -> list[Line]:
        """Return the lines of issue 6 that this run can speak about."""
        loaded = [case for case in self.cases if case.wanted]
        speeds = [Line(f"{case.name}: × {case.yardstick}", self.ratio(case), case.wanted) for case in loaded]
        return [
            *speeds,
            *self._lines_of_two(),
            Line("reply by HTTP, median", self.reply_ms, 8, at_most=True, unit=" ms"),
            Line("reply, statements", self.replies.statements, 12, at_most=True),
            Line(
                f"search of a common word, {content.POSTS:,} posts, Whoosh: p95",
                self.search_p95,
                60,
                at_most=True,
                unit=" ms",
            ),
            *(
                Line(f"the same, {forum.name}: p95", self._p95_in(forum), 60, at_most=True, unit=" ms")
                for forum in searching.FORUMS
            ),
            Line("web process after load, resident", round(self.web.resident, 1), 110, at_most=True, unit=" MB"),
            Line("all processes of make run, resident", self.all_processes, 260, at_most=True, unit=" MB"),
            Line("second start to first page", round(self.starts[-1].seconds, 2), 1.2, at_most=True, unit=" s"),
            Line(
                "thread page, first visit, compressed", round(self.weight.whole / 1024, 1), 45, at_most=True, unit=" KB"
            ),
            Line("its scripts, compressed", round(self.weight.scripts / 1024, 1), 12, at_most=True, unit=" KB"),
            *(
                Line(f"{case.name}: statements", self.figures[case.name].statements, 6, at_most=True)
                for case in self.cases
                if case.headers
            ),
        ]

    def _lines_of_two(self) -> list[Line]:
        """Return the lines about two processes on PostgreSQL and Redis; no number where it is not measured."""
        if self.two is None:
            return [Line("visitors' pages on PostgreSQL and Redis, each of two: × hello", None, shared.WANTED)]
        figures = self.two.figures
        return [
            Line(f"{case.name}: × {case.yardstick}", ratio(figures[case.name], figures[case.yardstick]), case.wanted)
            for case in self.two.cases
            if case.yardstick
        ]

    def _p95_in(self, forum: searching.Large) -> float | None:
        found = self.large.get(forum.name)
        return None if found is None else found.p95

    def ratio(self, case: Case) -> float:
        """How many times its yardstick a case reaches."""
        return ratio(self.figures[case.name], self.figures[case.yardstick])

    def as_json(self) -> dict[str, Any]:
        """Return everything as it is written into bench/results.json."""
        return {
            "taken": datetime.now(UTC).isoformat(timespec="seconds"),
            "machine": machine(self.loads),
            "quick": self.is_quick,
            "pages": _pages(self.cases, self.figures),
            "two_processes": self._two(),
            "reply": {"median_ms": self.reply_ms, "statements": self.replies.statements},
            "search": {"p95_ms": self.search_p95, "statements": self.searches.statements},
            "large_searches": [
                {"forum": found.name, "p95_ms": found.p95, "median_ms": found.middle} for found in self.large.values()
            ],
            "memory_mb": {
                "web": _rounded(self.web),
                **{name: _rounded(one) for name, one in self.starts[-1].processes.items()},
            },
            "starts": [{"s": round(one.seconds, 2), "cpu_s": round(one.cpu, 2)} for one in self.starts],
            "first_visit_bytes": {
                "page": self.weight.page,
                "styles": self.weight.styles,
                "scripts": self.weight.scripts,
            },
            "lines": [line.as_json() for line in self.lines()],
        }

    def _two(self) -> dict[str, Any] | None:
        if self.two is None:
            return None
        pages = _pages(self.two.cases, self.two.figures)
        for page in pages:
            page["behind_us_per_request"] = round(self.two.behind[page["name"]])
        return {"pages": pages, "writes_seen_by_the_other": self.two.writes}


def _pages(cases: Sequence[Case], figures: Mapping[str, Figure]) -> list[dict[str, Any]]:
    """Return the figures of pages, each beside its yardstick's."""
    pairs = [(figures[case.name], figures[case.yardstick or case.name]) for case in cases]
    return [{**one.as_json(yardstick), "cost_ratio": cost_ratio(one, yardstick)} for one, yardstick in pairs]


def table(results: Mapping[str, Any]) -> str:
    """Return the results, as they are in the JSON, as a table for the terminal."""
    rows = [("page", "req/s", "p50", "p99", "CPU µs", "bytes", "sent", "stmts", "ratio", "by CPU")]
    two = results.get("two_processes") or {"pages": []}
    for page in [*results["pages"], *two["pages"]]:
        rows.append(
            (
                page["name"], f"{page['requests_per_second']:,.0f}", f"{page['p50_ms']:.1f}", f"{page['p99_ms']:.1f}",
                f"{page['cpu_us_per_request']:,}", f"{page['bytes']:,}", f"{page['bytes_compressed']:,}",
                "" if page["statements"] is None else str(page["statements"]),
                f"{page['ratio']:.2f} × {page['yardstick']}", f"{page['cost_ratio']:.2f}",
            )
        )  # fmt: skip
    wide = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    drawn = [f"{row[0].ljust(wide[0])}  {'  '.join(map(str.rjust, row[1:], wide[1:]))}" for row in rows]
    if two["pages"]:
        costs = ", ".join(str(page["behind_us_per_request"]) for page in two["pages"])
        drawn.append(f"PostgreSQL and Redis behind two processes, CPU µs a request: {costs}")
        drawn.append(
            f"Replies to one process that the other one's next answer has shown: {two['writes_seen_by_the_other']}"
        )
    return "\n".join([*drawn, "", *map(_said, results["lines"])])


def _said(line: Mapping[str, Any]) -> str:
    mark = {True: "reached", False: "MISSED ", None: "       "}[line["reached"]]
    return f"  {mark}  {line['line']}: {line['measured']} ({line['wanted']})"


def _rounded(one: Memory) -> dict[str, float]:
    return {"rss": round(one.resident, 1), "pss": round(one.share, 1)}
