"""Servers of the tests that live ahead of the time, that die at a certain moment, that meet another one there, or that
have a fault.

Their environment says so, and only the forks of commands.py read it: nothing of the forum knows of it.
"""

from __future__ import annotations

import atexit
import importlib
import itertools
import os
import signal
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import has_request_context, request
from sqlalchemy import Engine, event

from forum.asking import transitions
from forum.core.database import Clock, db

AHEAD, DIES, MEETS, DIES_AT, BREAKS = "TEST_AHEAD", "TEST_DIES", "TEST_MEETS", "TEST_DIES_AT", "TEST_BREAKS"
SAID = "statements: "  # which one that is to die at a statement says with their number, when it came to its end
PATIENCE = 30.0  # seconds for which one waits for the other
WORK: Any = transitions  # the room whose functions are exchanged here


def ahead(by: timedelta) -> dict[str, str]:
    """Return the environment of a server whose clock is `by` ahead."""
    return {AHEAD: str(by.total_seconds())}


def dies_at(statement: int) -> dict[str, str]:
    """Return the environment of a command that dies just before its statement of this number."""
    return {DIES_AT: str(statement)}


def arrange() -> None:
    """Make this process what its environment says."""
    if number := os.environ.get(DIES_AT):
        _die_at(int(number))
    Clock.offset = timedelta(seconds=float(os.environ.get(AHEAD, "0")))
    if moment := os.environ.get(DIES):
        MOMENTS[moment]()
    if folder := os.environ.get(MEETS):
        _meet(Path(folder))
    if names := os.environ.get(BREAKS):
        _break(Path(names))


def die(*_: Any) -> None:
    """End by `kill -9`, here and now."""
    os.kill(os.getpid(), signal.SIGKILL)


def _die_at(number: int) -> None:
    seen = 0

    def count(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            die()

    event.listen(Engine, "before_cursor_execute", count)
    atexit.register(lambda: print(SAID + str(seen)))  # noqa: T201


def _before_the_commit() -> None:
    """All of the transition is written, and the database was not yet told to keep it."""
    _when_carried_out(lambda: event.listen(db.engine, "commit", die))


def _after_the_commit() -> None:
    """The transition is kept, and nothing that follows it was begun."""
    _when_carried_out(lambda: event.listen(db.session, "after_commit", die))


def _amid_the_notices() -> None:
    """The first person was told, and the others were not."""
    tell = WORK.tell_all

    def tell_one(notices: Iterable[Any]) -> None:
        tell(itertools.islice(notices, 1))
        die()

    WORK.tell_all = tell_one


def _after_the_notices() -> None:
    """Everybody was told, and the worker did not live to know it."""
    tell = WORK.tell_all

    def tell_and_die(notices: Iterable[Any]) -> None:
        tell(notices)
        event.listen(db.session, "after_commit", die)

    WORK.tell_all = tell_and_die


def _when_carried_out(then: Callable[[], object]) -> None:
    catch_up = WORK._catch_up

    def watched(session: Any) -> int:
        done = catch_up(session)
        db.session.flush()
        if done:
            then()
        return done

    WORK._catch_up = watched


def _meet(folder: Path) -> None:
    """Carry nothing out before another process has come to the same point, which it says in `folder`."""
    carry_out = WORK.carry_out

    def together(session_id: int) -> int:
        (folder / str(os.getpid())).touch()
        deadline = time.monotonic() + PATIENCE
        while len(list(folder.iterdir())) < 2 and time.monotonic() < deadline:
            time.sleep(0.002)
        return carry_out(session_id)

    WORK.carry_out = together


# What may be broken: functions that their callers name together with the module.
BREAKABLE = (
    "forum.accounts.actions:register", "forum.accounts.youth:row", "forum.core.pagecache.layer:PageCache._key",
    "forum.entry.throttle:begin", "forum.search.actions:index_owed", "forum.search.actions:mend_index",
    "forum.search.queries:_visible",
)  # fmt: skip


def breaks(names: Path) -> dict[str, str]:
    """Return the environment of servers in which those of BREAKABLE fail whose names stand in the file, if it exists.

    What they were given, and all of the request, is in the words of the error, in those of its cause, and in variables.
    """
    return {BREAKS: str(names)}


def _break(names: Path) -> None:
    for name in BREAKABLE:
        module, _, path = name.partition(":")
        *owners, last = path.split(".")
        owner: Any = importlib.import_module(module)
        for each in owners:
            owner = getattr(owner, each)
        setattr(owner, last, _broken(getattr(owner, last), name, names))


def _broken(function: Callable[..., Any], name: str, names: Path) -> Callable[..., Any]:
    def broken(*args: Any, **kwargs: Any) -> Any:
        if not names.exists() or name not in names.read_text().split():
            return function(*args, **kwargs)
        heard = [args, kwargs]
        if has_request_context():
            heard += [dict(request.form), dict(request.args), dict(request.headers), request.remote_addr]
        try:
            raise KeyError(repr(heard))
        except KeyError as cause:
            raise RuntimeError(f"broken with {heard}") from cause

    return broken


MOMENTS = {
    "before the commit": _before_the_commit,
    "after the commit": _after_the_commit,
    "amid the notices": _amid_the_notices,
    "after the notices": _after_the_notices,
}
