"""Two web processes that share the truth in PostgreSQL and Redis: what visitors get of both, beside bare Flask.

What "per process" means: two web processes, each with a port of its own as on two hosts, share core 0, and so do two of
bare Flask's "hello" in their turn; the database and Redis are on core 1, as on a host of their own, with the load.
Four connections ask each of the two at the same time. The requests a second of both are halved, and the ratio is of
such halves: it is the one that two cores would give, but for what they would disturb each other less.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from bench.attacks.browser import Browser
from bench.speed.cases import Case, ask, checked, compressed, same_size
from bench.speed.figures import Figure, Round, Wrong
from bench.speed.load import CONNECTIONS, LOAD_CORE, Report, load
from bench.speed.servers import Server, family, python, running
from bench.speed.stage import Stage
from forum.accounts.signin import COOKIE
from forum.guard import Guard
from tests.servers.postgres import Postgres
from tests.servers.redis import Redis
from tests.servers.website import inherited

NODES = 2
HELLO = "hello, each of two processes"
WANTED = 0.8
WRITES = 20  # replies that the other process has to show at once, while both are loaded


@dataclass(frozen=True)
class Shared:
    """What came out: pages by name with a figure per process, and the processor of the servers behind, by page."""

    cases: Sequence[Case]
    figures: Mapping[str, Figure]
    behind: Mapping[str, float]  # microseconds of PostgreSQL and Redis for a request
    writes: int  # that the next request to the other process has shown


def cases_of(alone: Sequence[Case]) -> list[Case]:
    """Return the visitors' pages among those of one process, and the yardstick, as two processes are asked for them."""
    hello = next(case for case in alone if not case.yardstick)
    pages = [case for case in alone if case.yardstick == hello.name and case.wanted]
    named = [replace(case, name=f"{case.name}, each of two", yardstick=HELLO, wanted=WANTED) for case in pages]
    return [replace(hello, name=HELLO), *named]


def measure(stage: Stage, alone: Sequence[Case], rounds: int, seconds: int) -> Shared:
    """Bring the same content into PostgreSQL, load both processes in turns with "hello", and see that they agree."""
    log = stage.folder / "servers.log"
    cases = cases_of(alone)
    with ExitStack() as stack:
        env, behind = stack.enter_context(_truth(stage))
        bare = [stack.enter_context(running("bare", "bench.speed.bare:create_app", log, inherited())) for _ in _nodes()]
        nodes = [stack.enter_context(running("node", "wsgi:create_app", log, env)) for _ in _nodes()]
        servers = {"bare": bare, "forum": nodes}
        taken: dict[str, list[Round]] = {case.name: [] for case in cases}
        spent: dict[str, list[float]] = {case.name: [] for case in cases}
        for case in cases:
            _round(case, servers[case.server], 1, behind)  # not counted: pages are made and connections opened
        for _ in range(rounds):
            for case in cases:
                one, other = _round(case, servers[case.server], seconds, behind)
                taken[case.name].append(one)
                spent[case.name].append(other)
        figures = {case.name: _figure(case, servers[case.server][0], taken[case.name]) for case in cases}
        writes = agree(stage, nodes, seconds)
    return Shared(cases, figures, {name: sorted(each)[len(each) // 2] for name, each in spent.items()}, writes)


def agree(stage: Stage, nodes: Sequence[Server], seconds: int) -> int:
    """Reply through each process in turn, under load; the next request to the other one has to show it, to a visitor.

    Returns how many; raises Wrong at the first that is missing, on the thread's page or on the home page.
    """
    browsers = [Browser(node.port, cookies={COOKIE: stage.cookie}) for node in nodes]
    with ThreadPoolExecutor(NODES) as pool:
        loads = [pool.submit(load, node.url(stage.thread), seconds, connections=2) for node in nodes]
        for number in range(WRITES):
            browser, other = browsers[number % NODES], nodes[(number + 1) % NODES]
            page = browser.get(stage.other_thread)
            words = f"Word {number} of {WRITES} that both processes know, {os.urandom(8).hex()}"
            address = f"{stage.other_thread.rpartition('/')[0]}/posts"
            answer = browser.post(address, body=words, form_token=page.field("form_token"))
            if answer.status != 303:
                raise Wrong(f"a reply to one of two processes was answered with {answer.status}")
            where = answer.header("Location").partition("#")[0]
            if words not in ask(other.port, where).text:
                raise Wrong(f"reply {number} to one process is not on the page that the other one shows next")
        for each in loads:
            each.result()
    for browser in browsers:
        browser.close()
    return WRITES


def _round(case: Case, servers: Sequence[Server], seconds: int, behind: Sequence[int]) -> tuple[Round, float]:
    """Load both at once; return the round per process, and microseconds of the servers behind for a request."""
    answers = [checked(case, ask(server.port, case.path, case.headers)) for server in servers]
    before, outside = [server.cpu() for server in servers], _cpu(behind)
    with ThreadPoolExecutor(NODES) as pool:
        each = CONNECTIONS // NODES
        asked = [pool.submit(load, one.url(case.path), seconds, case.headers, connections=each) for one in servers]
        reports: list[Report] = [one.result() for one in asked]
    requests = sum(report.requests for report in reports)
    cpu = sum(server.cpu() for server in servers) - sum(before)
    outside = _cpu(behind) - outside
    for answer, report in zip(answers, reports, strict=True):
        same_size(case, answer, report.each)
    per_second = sum(report.per_second for report in reports) / NODES
    slowest = max(reports, key=lambda report: report.p99)
    taken = Round(per_second, max(report.p50 for report in reports), slowest.p99, cpu / requests * 1_000_000)
    return taken, outside / requests * 1_000_000


def _figure(case: Case, server: Server, rounds: Sequence[Round]) -> Figure:
    answer = checked(case, ask(server.port, case.path, case.headers))
    sent = compressed(server.port, case.path, case.headers)
    return Figure(case.name, tuple(rounds), len(answer.body), sent, None)


@contextmanager
def _truth(stage: Stage) -> Iterator[tuple[dict[str, str], list[int]]]:
    """Give the settings of a forum with the stage's own content in PostgreSQL and Redis, and both servers' pids.

    By the forum's own backup and restore, so that every page, every id and the reader's session are the same.
    """
    guard, file, folder = Guard(), stage.folder / "moved.backup", stage.folder / "shared"
    postgres, redis = Postgres(guard, is_durable=True), Redis(guard)
    try:
        env = {**stage.env, "DATABASE_URL": postgres.create("speed"), "REDIS_URL": redis.url}
        env["FORUM_INSTANCE"] = str(folder)
        folder.mkdir()
        shutil.copy(Path(stage.env["FORUM_INSTANCE"]) / "secret_key", folder)  # by which the reader's cookie is known
        for pid in (pids := [postgres.pid, redis.pid]):
            for each in family(pid):
                os.sched_setaffinity(each, {int(LOAD_CORE)})  # and so whoever they start
        python("flask", "backup", str(file), env=stage.env)
        python("flask", "restore", "--signed-in", str(file), env=env)
        yield env, pids
    finally:
        redis.stop()
        postgres.stop()
        guard.close()


def _cpu(pids: Sequence[int]) -> float:
    return sum(Server("behind", 0, pid).cpu() for pid in pids)


def _nodes() -> range:
    return range(NODES)
