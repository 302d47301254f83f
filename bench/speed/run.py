"""One run: the servers side by side on the first core, all pages in turns, then one by one, then starts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.speed import bare, content, posting, searching, shared, weight
from bench.speed.cases import Case, ask, checked, compressed, same_size
from bench.speed.figures import Figure, Round
from bench.speed.load import load
from bench.speed.results import Results
from bench.speed.servers import Server, memory, running
from bench.speed.stage import Stage
from bench.speed.starting import start
from tests.servers.website import inherited

HELLO, STATIC = "hello (bare Flask)", "20 static posts (bare Jinja)"
WARM_UP = 1  # seconds of load that are not counted: templates, statements and connections are made


@dataclass(frozen=True)
class Effort:
    """How much is measured: rounds and seconds of load, replies and searches."""

    rounds: int
    seconds: int
    asked: int
    fills: tuple[searching.Large, ...] = ()  # large forums that are filled where they are not there
    is_whole: bool = True  # whether large forums and two processes are measured too


WHOLE, QUICK = Effort(3, 10, 100, (searching.EMBEDDED,)), Effort(1, 3, 30, is_whole=False)


def cases(stage: Stage) -> list[Case]:
    """Return every page that is loaded; the ratios wanted are those of issue 6."""
    signed = stage.signed_in
    number = stage.thread.split("/")[2]
    own, others = ('action="/logout',), ('href="/login',)
    return [
        Case(HELLO, "bare", "/hello", (bare.HELLO,)),
        Case(STATIC, "bare", "/posts", ("Twenty posts",), posts=bare.POSTS),
        Case("home, anonymous", "forum", "/", (content.THE_THREAD,), own, yardstick=HELLO, wanted=2.0),
        Case("sub-theme, anonymous", "forum", stage.subtheme, (content.THE_THREAD,), own, yardstick=HELLO, wanted=2.0),
        Case("thread, anonymous", "forum", stage.thread, (content.THE_THREAD,), own, {}, HELLO, 2.0, 20),
        Case("home, signed in", "forum", "/", (content.THE_THREAD, *own), others, signed, STATIC, 0.8),
        Case("sub-theme, signed in", "forum", stage.subtheme, (content.THE_THREAD, *own), others, signed, STATIC, 0.8),
        Case("thread, signed in", "forum", stage.thread, (content.THE_THREAD, *own), others, signed, STATIC, 1.0, 20),
        # no ratio is wanted of it: what an open page costs that asks whether there is something new
        Case("what is new in a thread", "forum", f"/live?thread={number}", ('data: {"replies":59,',), yardstick=HELLO),
    ]


def run(stage: Stage, effort: Effort, folder: Path, say: searching.Say) -> Results:
    """Measure everything; `folder` holds the large forums that are searched."""
    loads = [os.getloadavg()[0]]
    with ExitStack() as stack:
        log = stage.folder / "servers.log"
        bare_server = stack.enter_context(running("bare", "bench.speed.bare:create_app", log, inherited()))
        forum = stack.enter_context(running("forum", "wsgi:create_app", log, stage.env))
        figures = in_turns(stage, cases(stage), {"bare": bare_server, "forum": forum}, effort)
        replies = posting.replies(stage, forum.port, effort.asked)
        searches = posting.searches(stage, forum.port, effort.asked)
        web, weighed = memory(forum.worker), weight.weigh(forum.port, stage.thread)
    starts = [start(stage.env, stage.thread, log), start(stage.env, stage.thread, log, effort.seconds)]
    large, two = dict[str, searching.Found](), None
    if effort.is_whole:
        large = searching.measure(folder, log, effort.asked, say, effort.fills)
        two = shared.measure(stage, cases(stage), effort.rounds, effort.seconds)
    loads.append(os.getloadavg()[0])
    is_quick = not effort.is_whole
    return Results(cases(stage), figures, replies, searches, web, starts, weighed, is_quick, loads, large, two)


def in_turns(stage: Stage, pages: Sequence[Case], servers: dict[str, Server], effort: Effort) -> dict[str, Figure]:
    """Load every page in every round, each checked before and after; return the figures by name."""
    rounds: dict[str, list[Round]] = {case.name: [] for case in pages}
    for case in pages:
        checked(case, ask(servers[case.server].port, case.path, case.headers))
        load(servers[case.server].url(case.path), WARM_UP, case.headers)
    for _ in range(effort.rounds):
        for case in pages:
            rounds[case.name].append(_round(case, servers[case.server], effort.seconds))
    figures = {}
    for case in pages:
        answer = checked(case, ask(servers[case.server].port, case.path, case.headers))
        statements = stage.statements(case.path, case.headers) if case.server == "forum" else None
        sent = compressed(servers[case.server].port, case.path, case.headers)
        figures[case.name] = Figure(case.name, tuple(rounds[case.name]), len(answer.body), sent, statements)
    return figures


def _round(case: Case, server: Server, seconds: int) -> Round:
    answer = checked(case, ask(server.port, case.path, case.headers))
    before = server.cpu()
    report = load(server.url(case.path), seconds, case.headers)
    cpu = (server.cpu() - before) / report.requests * 1_000_000
    same_size(case, answer, report.each)
    return Round(report.per_second, report.p50, report.p99, cpu)


def log_of(folder: Path) -> str:
    """Return what the servers said, for a run that failed."""
    log = folder / "servers.log"
    return log.read_text(errors="replace")[-2000:] if log.exists() else ""
