"""R-10: servers whose clocks are minutes apart, then a day ahead, then right again."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.faults import checker
from bench.faults.clients import number_of, writing
from bench.faults.forums import Forum
from bench.faults.stage import Stage
from forum.guard import end_groups
from forum.serve import answers, flask_command, web_command
from tests.servers.redis import Redis
from tests.servers.robot import Robot
from tests.servers.waiting import HOST, free_port, wait_until
from tests.servers.website import ROOT, inherited

LIBRARIES = [f"/usr/lib/{kind}-linux-gnu/faketime/libfaketimeMT.so.1" for kind in ("x86_64", "aarch64")]
PREVIEWS, WINDOW = 3, 20  # so many in so many seconds
_NEGATIVE = re.compile(r"(?<![\w/=-])-\d+ (?:second|minute|hour|day)")


def play(stage: Stage) -> None:
    """A second server five minutes ahead; then one a day ahead and one a day behind; then none."""
    library = next((path for path in LIBRARIES if Path(path).exists()), "")
    if not library:
        stage.missing("clocks: there is no libfaketime here (apt-get install faketime)")
        return
    redis = Redis(stage.guard)
    stage.at_end(redis.stop)
    env = {"REDIS_URL": redis.url, "LIMIT_PREVIEW": f"{PREVIEWS} per {WINDOW} seconds"}
    with stage.forum("postgres", env) as forum:
        journal = stage.folder / "clocks.jsonl"
        with _server(stage, forum, library, "+5m", worker=True) as ahead:
            with writing(forum, journal, people=4, at=(forum.url, ahead)) as crowd:
                crowd.wait_for_more(stage.times(40, 10))
            checker.check(stage, crowd, "five minutes apart")
        said = [f"five minutes apart: {crowd.acknowledged} acknowledged"]
        for offset in ("+1d", "-1d"):
            said.append(_a_day_off(stage, forum, library, offset))
        with writing(forum, stage.folder / "after.jsonl", people=2) as crowd:
            stage.check(crowd.wait_for_more(5, 60), "nobody can write once the clock is right again")
        checker.check(stage, crowd, "right again")
        stage.did("two web servers and two workers 5 min apart; a server a day ahead, one a day behind; right again")
        stage.found("; ".join(said))


def _a_day_off(stage: Stage, forum: Forum, library: str, offset: str) -> str:
    visitor = forum.person("visitor")
    with _server(stage, forum, library, offset) as elsewhere:
        there = visitor.at(elsewhere)
        status = there.get("/settings/profile")[0]
        stage.check(status == 200, f"{offset}: somebody signed in is answered with {status}")
        there.renew()
        with writing(forum, stage.folder / f"{offset}.jsonl", people=2, at=(elsewhere, forum.url)) as crowd:
            many = crowd.wait_for_more(5, 60)
            stage.check(many or offset == "-1d", f"{offset}: nobody can write")
        preview = f"/preview?thread={number_of(crowd.thread)}"
        spent = [there.send(preview, body="Words.")[0] for _ in range(PREVIEWS + 1)]
        for path in ("/", crowd.thread, "/notifications", "/people/visitor1"):
            for robot in (there, visitor, Robot(elsewhere)):
                status, page = robot.get(path)
                stage.check(status in (200, 303, 401, 404), f"{offset}: {path} is answered with {status}")
                stage.check(not _NEGATIVE.search(page), f"{offset}: {path} shows a negative age")
    visitor.renew()
    began = time.monotonic()
    while (status := visitor.send(preview, body="Words.")[0]) == 429 and time.monotonic() - began < 3 * WINDOW:
        time.sleep(1)
    waited = time.monotonic() - began
    stage.check(status == 200, f"{offset}: somebody is shut out of previews for longer than {waited:.0f} s ({status})")
    checker.check(stage, crowd, offset, refusals=True)
    return f"{offset}: {crowd.acknowledged} acknowledged, previews {spent}, free again after {waited:.0f} s"


@contextmanager
def _server(stage: Stage, forum: Forum, library: str, offset: str, *, worker: bool = False) -> Iterator[str]:
    """A web server of the same forum whose clock is so far off, and a worker if asked for; its address."""
    port, log = free_port(), stage.folder / f"web{offset}.log"
    env = {
        **inherited(), **forum.settings, "FORUM_INSTANCE": str(forum.website.instance), "SITE_URL": forum.url,
        "LD_PRELOAD": library, "FAKETIME": offset, "FAKETIME_DONT_FAKE_MONOTONIC": "1",
    }  # fmt: skip
    processes = []
    with log.open("ab") as output:
        for command in [web_command(HOST, port), *[flask_command("worker")] * worker]:
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=env,
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
            stage.guard.watch(process.pid)
            processes.append(process)
    try:
        wait_until(lambda: answers(HOST, port), processes[0], log)
        yield f"http://{HOST}:{port}"
        said = log.read_text(errors="replace")
        stage.check("Traceback" not in said, f"{offset}: {said[max(0, said.find('Traceback') - 200) :][:1500]}")
    finally:
        end_groups([process.pid for process in processes], patience=5)
        for process in processes:
            process.wait()
            stage.guard.forget(process.pid)
