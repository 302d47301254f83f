"""R-1: processes die by `kill -9` at random moments while people post and change what they posted."""

from __future__ import annotations

import random
import time

from bench.faults import checker
from bench.faults.clients import PATIENCE, Crowd, writing
from bench.faults.stage import Stage

RESTART_SECONDS = 10.0
WEB_PROCESSES = 2
VICTIMS = {"one web process": 5, "web server": 2, "worker": 2, "everything": 1}  # and how often each, in ten


def play(stage: Stage) -> None:
    """Kill, on both kinds of database."""
    kills = stage.times(100, 8)
    for kind in ("sqlite", "postgres"):
        with stage.forum(kind, web_workers=WEB_PROCESSES) as forum:
            with writing(forum, stage.folder / f"{kind}.jsonl") as crowd:
                victims, slowest = _kill(stage, crowd, kills)
                crowd.wait_for_more(3)
            forum.website.kill_web()  # which may just find out that its processes die too often, and end while we read
            forum.start_web()
            stage.did(f"{kind}: {kills} kills ({', '.join(f'{many} × {who}' for who, many in victims.items())})")
            said = f"{kind}: {crowd.acknowledged} acknowledged, {crowd.statuses['none']} cut off; "
            stage.found(f"{said}serves again within {slowest:.1f} s at most")
            checker.check(stage, crowd, kind, deaths=True)


def _kill(stage: Stage, crowd: Crowd, kills: int) -> tuple[dict[str, int], float]:
    """Kill so often; return who died how often, and the longest time until a page was answered again."""
    victims, slowest = dict.fromkeys(VICTIMS, 0), 0.0
    for victim in _chosen(stage.dice, kills):
        slowest = max(slowest, _served_again(stage, crowd))
        time.sleep(stage.dice.uniform(0.0, 0.25))
        victims[victim] += 1
        slowest = max(slowest, _carry_out(stage, crowd, victim))
    slowest = max(slowest, _served_again(stage, crowd))
    stage.check(slowest < RESTART_SECONDS, f"it took {slowest:.1f} s until it served again")
    return victims, slowest


def _served_again(stage: Stage, crowd: Crowd) -> float:
    """Wait until something more was acknowledged; return the seconds of a start that took its own time.

    A web server whose processes die one after the other ends altogether, and `forum.serve` or the service manager
    starts it again: here we do.
    """
    before, started, deadline = crowd.acknowledged, 0.0, time.monotonic() + PATIENCE
    while crowd.acknowledged == before:
        if time.monotonic() > deadline:
            raise RuntimeError("nobody can write any more")
        if not crowd.forum.website.web_lives():
            started = crowd.forum.start_web()
        time.sleep(0.01)
    return started


def _chosen(dice: random.Random, many: int) -> list[str]:
    """Return so many victims in a random order, each kind at least once."""
    chosen = [*VICTIMS, *dice.choices([*VICTIMS], [*VICTIMS.values()], k=many - len(VICTIMS))]
    dice.shuffle(chosen)
    return chosen


def _carry_out(stage: Stage, crowd: Crowd, victim: str) -> float:
    forum = crowd.forum
    if victim == "one web process":
        children = forum.web_children()
        if children:
            forum.kill_one_web_process(stage.dice.choice(children))
        return 0.0
    if victim in ("web server", "everything"):
        forum.website.kill_web()
    if victim in ("worker", "everything"):
        forum.website.kill_worker()
        forum.website.start_worker()
    return forum.start_web() if victim != "worker" else 0.0
