"""R-4: each step of what people do fails once. R-9: the process dies at each step, of a page or of the worker."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from bench.faults.failing import at_step, breaks, dies
from bench.faults.inside import Inside, drafts, drafts_after_the_sweep, inside, wrong
from bench.faults.stage import Stage
from forum.core.database import db
from forum.notifications.models import Notification
from forum.threads.models import Post

MOST_STEPS = 80
Act = Callable[[Inside, int], int]
ACTS: dict[str, Act] = {
    "reply": Inside.reply,
    "new thread": Inside.begin,
    "edit": Inside.edit,
    "picture": Inside.show,
    "decision": Inside.decide,
}
DONE_BEFORE = 409  # what is answered to an edit or a decision that was taken the first time


def play_failing(stage: Stage) -> None:
    """R-4, on SQLite: every write, commit, file and index call fails at its turn."""
    with inside(stage, "sqlite") as house:
        for name, act in ACTS.items():
            steps = each_step_fails(stage, house, name, act)
            stage.did(f"{name}: each of {steps} steps failed once")
        many = _each_step_of_the_worker(stage, house)
        stage.did(f"the worker after a reply: each of {many} steps failed once")
        stage.found("every failed request was answered with 503, and taken when it was sent again")


def _send_again(stage: Stage, house: Inside, name: str, key: int, where: str) -> None:
    """Do once more what failed, and note as a fault of `where` whatever is not as if it had been done once."""
    again = ACTS[name](house, key)
    allowed = (303, DONE_BEFORE) if name in ("edit", "decision") else (303,)
    stage.check(again in allowed, f"{where}: sent again, answered with {again}")
    _follow(house, name)
    for fault in wrong(house):
        stage.check(False, f"{where}: {fault}")


def each_step_fails(stage: Stage, house: Inside, name: str, act: Act) -> int:
    """Let the N-th step fail, N = 1, 2, … until none is left; return how many there were."""
    for number in range(1, MOST_STEPS):
        _prepare(house, name, number)
        with at_step(number, breaks) as steps:
            status = _status(stage, name, lambda number=number: act(house, number))  # type: ignore[misc]
        db.session.rollback()
        stage.check(status in (303, 503), f"{name}, step {number}: answered with {status}")
        _send_again(stage, house, name, number, f"{name}, step {number}")
        stage.check(not (left := drafts()), f"{name}, step {number}: drafts of pictures are left: {left}")
        if not steps.happened:
            return number - 1
    stage.check(False, f"{name}: after {MOST_STEPS} steps there was still another one")
    return MOST_STEPS


def _status(stage: Stage, name: str, act: Callable[[], int]) -> int:
    """Do it; what the page would call an incident (500) is raised in this process."""
    try:
        return act()
    except Exception as error:
        if name == "decision":  # an action, without the page that would answer 503
            return 503
        stage.check(False, f"{name}: {error!r}")
        return 500


def _prepare(house: Inside, name: str, number: int) -> None:
    if name == "decision":
        house.flagged(number)
    house.work()


def _follow(house: Inside, name: str) -> None:
    if name == "edit":
        db.session.expire_all()
        house.revision = db.session.get_one(Post, house.opening).revision


def _each_step_of_the_worker(stage: Stage, house: Inside) -> int:
    for number in range(1, MOST_STEPS):
        told = _told()
        house.reply(1000 + number)
        with at_step(number, breaks) as steps:
            _ignoring(house.work)
        db.session.rollback()
        for fault in wrong(house):
            stage.check(False, f"worker, step {number}: {fault}")
        stage.check(_told() == told + 1, f"worker, step {number}: {_told() - told} notices, not one")
        if not steps.happened:
            return number - 1
    return MOST_STEPS


def _ignoring(act: Callable[[], Any]) -> None:
    try:
        act()
    except Exception:
        db.session.rollback()


def _told() -> int:
    db.session.rollback()
    return int(db.session.scalar(select(func.count()).select_from(Notification)) or 0)


def play_dying(stage: Stage) -> None:
    """R-9, on both kinds of database: dead before each write, commit, file and index call, and after each commit."""
    for kind in ("sqlite", "postgres"):
        with inside(stage, kind) as house:
            for name in ("reply", "edit", "picture", "decision")[: stage.times(4, 2)]:
                steps = each_step_kills(stage, house, kind, name)
                stage.did(f"{kind}, {name}: died at each of {steps} steps")
            steps = _each_step_kills_the_worker(stage, house, kind)
            stage.did(f"{kind}, the worker after a reply with a mention: died at each of {steps} steps")
            many = len(drafts())
            stage.check(not drafts_after_the_sweep(), f"{kind}: drafts of pictures outlive the sweep")
            stage.did(f"{kind}: {many} drafts of pictures that deaths had left were swept after an hour")
    stage.found("sent again it was there once; indexed, counted, told once by the next worker")


def each_step_kills(stage: Stage, house: Inside, kind: str, name: str) -> int:
    """Let the process die at the N-th step, N = 1, 2, … until it lives; return how many there were."""
    act = ACTS[name]
    for number in range(1, MOST_STEPS):
        key = 2000 + number
        _prepare(house, name, key)
        died = _in_a_child(lambda key=key: act(house, key), number)  # type: ignore[misc]
        _send_again(stage, house, name, key, f"{kind}, {name}, died at step {number}")
        if not died:
            return number - 1
    return MOST_STEPS


def _each_step_kills_the_worker(stage: Stage, house: Inside, kind: str) -> int:
    for number in range(1, MOST_STEPS):
        told = _told()
        house.reply(3000 + number)
        died = _in_a_child(house.work, number)
        for fault in wrong(house):
            stage.check(False, f"{kind}, worker died at step {number}: {fault}")
        stage.check(_told() == told + 1, f"{kind}, worker died at step {number}: {_told() - told} notices, not one")
        if not died:
            return number - 1
    return MOST_STEPS


def _in_a_child(act: Callable[[], Any], number: int) -> bool:
    """Do it in a copy of this process that dies at this step; return whether it came so far."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if not child:
        try:
            with at_step(number, dies, after_commits=True):
                act()
        finally:
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
