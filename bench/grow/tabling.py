"""The results as tables in Markdown, as they stand in docs/performance.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bench.grow.drawing import short

FLAT, SEARCH = 1.3, 3.0  # what the largest forum may take of the smallest one's time (issue 6)
WORK = {"postgres": "blocks", "sqlite": "steps"}


def table(kind: str, results: Mapping[str, Any]) -> str:
    """Return the pages by size: processor time, then by the clock, then the database's own work; and the ratios."""
    sizes = list(results["filled"])
    head = ["page", *(f"{short(int(size))}: ms" for size in sizes), "ratio", "by the clock", "p95 ms",
            "statements", f"{WORK[kind]}: {' → '.join(short(int(size)) for size in sizes)}", ""]  # fmt: skip
    lines = [_row(head), _row(["---"] * len(head))]
    for page in results["pages"]:
        found = page["sizes"]
        cells = [f"{found[size]['cpu_ms']:g}" if size in found else "–" for size in sizes]
        work = " → ".join(f"{found[size]['work']:,}" for size in sizes if size in found)
        last = list(found.values())[-1]
        bound = SEARCH if page["is_search"] else FLAT
        mark = "reached" if page["ratio"] <= bound else "**missed**"
        lines.append(
            _row([page["page"], *cells, f"{page['ratio']:.2f}", f"{page['ratio_by_the_clock']:.2f}",
                  f"{last['p95_ms']:g}", str(last["statements"]), work, mark])
        )  # fmt: skip
    return "\n".join([*lines, "", places(results)])


def places(results: Mapping[str, Any]) -> str:
    """Return what the largest forum takes on the disk: bytes a post, tables and indexes, rows a second when filled."""
    size, facts = list(results["filled"].items())[-1]
    posts = int(size)
    lines = [_row([f"{short(posts)} posts", "table, bytes a post", "indexes, bytes a post"]), _row(["---"] * 3)]
    for name, (data, indexes) in facts["bytes"].items():
        if (data + indexes) / posts >= 1:
            lines.append(_row([name, f"{data / posts:,.0f}", f"{indexes / posts:,.0f}"]))
    whole = sum(data + indexes for data, indexes in facts["bytes"].values())
    lines.append(_row(["all", f"{whole / posts:,.0f} together", f"{whole / 10**9:.1f} GB"]))
    speed = f"{posts / max(1, facts['seconds']):,.0f} posts a second with all that belongs to them"
    return "\n".join([*lines, "", f"Filled in {facts['seconds']:,} s: {speed}."])


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
