"""All forums of one kind of database: filled where they are not there, and asked in turns."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.grow import filling, server
from bench.machine import machine
from bench.speed.figures import Wrong, percentile
from forum.search.documents import everything
from forum.search.index import current_index

Say = Callable[[str], None]

VERSION = 1  # of what is filled: another one is filled anew
TIMES = 10  # a page is asked in one round
STAMP = "filled.json"


def fill_missing(folder: Path, kind: str, sizes: Sequence[int], say: Say) -> None:
    """Fill the forums of these sizes that are not there."""
    missing = [size for size in sizes if stamp_of(folder, kind, size).get("version") != VERSION]
    if not missing:
        return
    with _served(folder, kind, filling=True) as running:
        for size in missing:
            say(f"{kind}: a forum of {size:,} posts")
            _fill(folder, kind, size, running, say)


def stamp_of(folder: Path, kind: str, size: int) -> dict[str, Any]:
    """Return what was written down when the forum was filled, {} when it is not there."""
    file = folder / f"{kind}-{size}" / STAMP
    return json.loads(file.read_text()) if file.exists() else {}


def _fill(folder: Path, kind: str, size: int, running: server.Server | None, say: Say) -> None:
    instance, database, began = folder / f"{kind}-{size}", f"forum_{size}", time.monotonic()
    shutil.rmtree(instance, ignore_errors=True)
    instance.mkdir(parents=True)
    if running:
        running.execute(f"DROP DATABASE IF EXISTS {database}")
        running.execute(f"CREATE DATABASE {database}")
    app = filling.forum(instance, running.url(database) if running else "")
    filling.fill(app, size, say)
    facts: dict[str, Any] = {"version": VERSION, "posts": size, "seconds": round(time.monotonic() - began)}
    if running:
        facts["bytes"] = _bytes(running, database)
    else:
        facts["bytes"] = {"forum.db": [(instance / "forum.db").stat().st_size, 0]}
        began, used = time.monotonic(), time.process_time()
        with app.app_context():
            current_index().rebuild(everything(), lambda done: say(f"  {done:,} posts in the index"))
        facts["whoosh_seconds"] = round(time.monotonic() - began)
        facts["whoosh_cpu_seconds"] = round(time.process_time() - used)
        facts["bytes"]["search"] = [sum(one.stat().st_size for one in (instance / "search").rglob("*.*")), 0]
    (instance / STAMP).write_text(json.dumps(facts, indent=1))
    say(f"filled in {facts['seconds']} s")


def _bytes(running: server.Server, database: str) -> dict[str, list[int]]:
    """Return the bytes of the large tables and of their indexes."""
    rows = running.execute(
        "SELECT relname, pg_table_size(oid), pg_indexes_size(oid) FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace AND pg_total_relation_size(oid) > 1000000 ORDER BY 2 DESC",
        database,
    )
    return {str(name): [int(str(table)), int(str(indexes))] for name, table, indexes in rows}


@contextmanager
def _served(folder: Path, kind: str, *, filling: bool) -> Iterator[server.Server | None]:
    if kind != "postgres":
        yield None
        return
    with server.running(folder / "postgres", filling=filling) as running:
        yield running


class Asked:
    """One forum in a process of its own (see asking)."""

    def __init__(self, instance: Path, url: str) -> None:
        command = [sys.executable, "-m", "bench.grow.asking", str(instance), *([url] if url else [])]
        root = Path(__file__).resolve().parents[2]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, env=os.environ.copy()
        )
        self.pages: list[tuple[str, bool]] = [(name, is_search) for name, is_search in self._heard()]

    def ask(self, page: str, times: int, *, counting: bool) -> dict[str, Any]:
        """Ask for a page so often."""
        assert self._process.stdin
        print(json.dumps({"page": page, "times": times, "counting": counting}), file=self._process.stdin, flush=True)
        found: dict[str, Any] = self._heard()
        return found

    def end(self) -> None:
        """Let the process end."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait(60)

    def _heard(self) -> Any:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise Wrong(f"the forum ended with status {self._process.wait(60)}")
        return json.loads(line)


def measure(folder: Path, kind: str, sizes: Sequence[int], rounds: int, say: Say) -> dict[str, Any]:
    """Ask every forum for every page, in turns; return what came out, as it is written down."""
    loads = [os.getloadavg()[0]]
    with _served(folder, kind, filling=False) as running, ExitStack() as stack:
        forums = {}
        for size in sizes:
            forums[size] = Asked(folder / f"{kind}-{size}", running.url(f"forum_{size}") if running else "")
            stack.callback(forums[size].end)
        pages = []
        for name, is_search in forums[sizes[0]].pages:
            pages.append({"page": name, "is_search": is_search, **_measured(forums, name, rounds)})
            say(f"{name}: {pages[-1]['ratio']}")
    loads.append(os.getloadavg()[0])
    stamps = {str(size): stamp_of(folder, kind, size) for size in sizes}
    taken = datetime.now(UTC).isoformat(timespec="seconds")
    return {"taken": taken, "machine": machine(loads), "filled": stamps, "pages": pages}


def _measured(forums: Mapping[int, Asked], page: str, rounds: int) -> dict[str, Any]:
    """Ask all forums for one page in turns; the ratio is the median of the rounds' own ratios."""
    found: dict[int, list[dict[str, Any]]] = {size: [] for size in forums}
    for number in range(rounds):
        for size, forum in forums.items():
            found[size].append(forum.ask(page, TIMES, counting=number == 0))
    smallest, largest = min(forums), max(forums)
    return {
        "sizes": {str(size): _figures(answers) for size, answers in found.items()},
        "ratio": _ratio(found[smallest], found[largest], "cpu_ms"),
        "ratio_by_the_clock": _ratio(found[smallest], found[largest], "ms"),
    }


def _ratio(small: Sequence[Mapping[str, Any]], large: Sequence[Mapping[str, Any]], what: str) -> float:
    pairs = zip(small, large, strict=True)
    return round(median(median(more[what]) / median(less[what]) for less, more in pairs), 2)


def _figures(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    by_clock = [each for answer in answers for each in answer["ms"]]
    return {
        "median_ms": round(median(by_clock), 2),
        "p95_ms": round(percentile(by_clock, 0.95), 2),
        "cpu_ms": round(median(each for answer in answers for each in answer["cpu_ms"]), 2),
        "database_ms": round(median(each for answer in answers for each in answer["db_ms"]), 2),
        "statements": answers[0]["statements"],
        "work": answers[0]["work"],
    }
