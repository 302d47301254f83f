"""The parent's end: child processes that render, started when needed, replaced when they die."""

import atexit
import os
import queue
import select
import subprocess
import sys
import time
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from forum.core.markup.frames import HEADER, body_length, packed, unpacked
from forum.core.markup.rendered import Rendered, TooCostly, TooDeep
from forum.core.markup.room import Patience, WaitingRoom

# The child bounds its own processor time; this ends a child that hangs or a machine that stands still.
WALL_SECONDS = 5
# The first answer waits for the child's imports.
START_SECONDS = 20
# How long a text waits for its turn by default: some four hostile texts before it.
PATIENT = Patience(5.0)

_PROJECT = Path(__file__).parents[3]


class ChildGone(Exception):
    """The child died or did not answer in time."""


class Child:
    """One rendering process. For one thread at a time."""

    def __init__(self) -> None:
        # Nothing of our environment (keys, addresses of databases) goes to where hostile text is read.
        environment = {"PYTHONPATH": str(_PROJECT), "PATH": os.defpath, "LC_ALL": "C.UTF-8"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "forum.core.markup.worker"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=environment, cwd=_PROJECT,
        )  # fmt: skip
        assert self._process.stdin and self._process.stdout
        self._to, self._from = self._process.stdin, self._process.stdout
        os.set_blocking(self._to.fileno(), False)
        self._patience = START_SECONDS

    @property
    def pid(self) -> int:
        """Return the process id."""
        return self._process.pid

    def ask(self, question: dict[str, Any]) -> dict[str, Any]:
        """Return the child's answer: a `Rendered`'s fields or `error`, and the processor `seconds` it took.

        Raises `ChildGone`.
        """
        deadline = time.monotonic() + self._patience
        try:
            self._send(packed(question), deadline)
            answer = unpacked(self._receive(body_length(self._receive(HEADER, deadline)), deadline))
        except OSError as error:
            raise ChildGone from error
        self._patience = WALL_SECONDS
        return answer

    def stop(self) -> None:
        """End the process and take leave of it."""
        self._process.kill()
        self._process.wait()
        self.forget()

    def forget(self) -> None:
        """Close our ends of the pipes; without its other end the child leaves by itself."""
        self._to.close()
        self._from.close()

    def disown(self) -> None:
        """In a process forked off the owner: drop what was inherited, and leave the child to its owner."""
        self.forget()
        self._process.returncode = 0  # or its destructor would complain that it still runs

    def _send(self, frame: bytes, deadline: float) -> None:
        rest = memoryview(frame)
        while rest:
            _await(self._to.fileno(), select.POLLOUT, deadline)
            rest = rest[os.write(self._to.fileno(), rest) :]

    def _receive(self, count: int, deadline: float) -> bytes:
        parts = []
        while count:
            _await(self._from.fileno(), select.POLLIN, deadline)
            part = os.read(self._from.fileno(), count)
            if not part:
                raise ChildGone
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


class Children:
    """At most `size` children, started when first needed; threads take turns, and at most `places` wait for one."""

    def __init__(self, size: int, places: int) -> None:
        self._size, self._places = size, places
        self._begin()
        _all.add(self)

    def render(self, source: str, people: Mapping[str, str], patience: Patience = PATIENT) -> Rendered:
        """Render one text in a child. Raises `TooDeep`, `TooCostly`, or `NoTurn` when none was free in time."""
        with self._room.turn(patience):
            return self._render(source, people)

    def _render(self, source: str, people: Mapping[str, str]) -> Rendered:
        child = self._idle.get_nowait()  # there is one for each turn
        try:
            child, answer = self._asked(child, {"source": source, "people": dict(people)})
        except BaseException:
            self._idle.put(None)
            raise
        if answer.get("error") == "costly":  # that child leaves; the next text shall not wait for a new one
            self._replaced(child)
            child = self._started()
        self._idle.put(child)
        return _rendered(answer)

    def pids(self) -> set[int]:
        """Return the process ids of the running children."""
        return {child.pid for child in self._running}

    def close(self) -> None:
        """End all children."""
        for child in list(self._running):
            self._replaced(child)
        self._begin()

    def disown(self) -> None:
        """After a fork, in the new process: begin with no child; the inherited ones belong to the other process."""
        for child in self._running:
            child.disown()
        self._begin()

    def _begin(self) -> None:
        self._room = WaitingRoom(self._size, self._places)
        self._running: set[Child] = set()
        self._idle: queue.LifoQueue[Child | None] = queue.LifoQueue()
        for _ in range(self._size):
            self._idle.put(None)

    def _asked(self, child: Child | None, question: dict[str, Any]) -> tuple[Child, dict[str, Any]]:
        """Ask, once more with a new child if that one is gone: it may have been killed for no fault of the text."""
        for _ in range(2):
            child = child or self._started()
            try:
                return child, child.ask(question)
            except ChildGone:
                self._replaced(child)
                child = None
            except BaseException:
                self._replaced(child)
                raise
        raise TooCostly

    def _started(self) -> Child:
        child = Child()
        self._running.add(child)
        return child

    def _replaced(self, child: Child) -> None:
        self._running.discard(child)
        child.stop()


def _await(descriptor: int, event: int, deadline: float) -> None:
    poll = select.poll()
    poll.register(descriptor, event)
    if not poll.poll(max(0, (deadline - time.monotonic()) * 1000)):
        raise ChildGone


def _rendered(answer: dict[str, Any]) -> Rendered:
    if answer.get("error") == "deep":
        raise TooDeep(answer["limit"])
    if answer.get("error"):
        raise TooCostly
    return Rendered(
        html=answer["html"],
        text=answer["text"],
        mentions=tuple(answer["mentions"]),
        post_refs=tuple(answer["post_refs"]),
        links=tuple(answer["links"]),
        version=answer["version"],
    )


def _disown_all() -> None:
    for children in list(_all):
        children.disown()


def _close_all() -> None:
    for children in list(_all):
        children.close()


_all: weakref.WeakSet[Children] = weakref.WeakSet()
os.register_at_fork(after_in_child=_disown_all)
atexit.register(_close_all)
