"""The child process that renders, bounded in time and memory: `python -m forum.core.markup.worker`.

It answers one text after another from its input, and leaves at the input's end: with its parent, however that ends.
It sees neither Flask nor the database, and none of the parent's settings.
"""

import os
import resource
import select
import signal
import sys
import time
from dataclasses import asdict
from types import FrameType
from typing import Any

from forum.core.markup.frames import HEADER, body_length, packed, unpacked
from forum.core.markup.pipeline import render_here
from forum.core.markup.rendered import TooDeep

# Of processor time, so that a loaded machine refuses no honest text. A second is promised; the rest is for the way
# there and back. 32,000 characters of prose take 0.1 s.
CPU_SECONDS = 0.8
MEMORY_BYTES = 256 * 1024 * 1024

_PARENT_CHECK_SECONDS = 30


class _OverTime(BaseException):
    """Not an Exception, so that no library swallows it."""


class _Alarm:
    """Interrupts the running text; asked again afterwards, should somebody have swallowed the interruption."""

    rang = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        self.rang = True
        raise _OverTime


def _say_unless_over_time(lost: Any) -> None:
    """Complain of an exception that was lost in a destructor or a callback; the alarm rings again, and is no fault."""
    if not isinstance(lost.exc_value, _OverTime):
        sys.__unraisablehook__(lost)


def main() -> None:
    """Answer until the input ends, or until a text had to be interrupted: what it left behind is not to be trusted."""
    source, sink = os.dup(0), os.dup(1)
    os.dup2(2, 1)  # a stray print must not become part of an answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, whose end is then ours
    alarm = _Alarm()
    signal.signal(signal.SIGPROF, alarm)
    sys.unraisablehook = _say_unless_over_time
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    render_here("*warm* `up`", {})
    sane = True
    while sane and (question := _received(source)):
        began = time.process_time()
        answer = _answer(question, alarm) | {"seconds": time.process_time() - began}
        sane = answer.get("error") != "costly"
        _send(sink, packed(answer))


def _answer(question: dict[str, Any], alarm: _Alarm) -> dict[str, Any]:
    try:
        # It rings again and again, in case it rang where exceptions are lost, as in a destructor.
        signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS, CPU_SECONDS / 16)
        rendered = render_here(question["source"], question["people"])
        signal.setitimer(signal.ITIMER_PROF, 0)
    except TooDeep as error:
        signal.setitimer(signal.ITIMER_PROF, 0)
        return {"error": "deep", "limit": error.limit}
    except (_OverTime, MemoryError):
        signal.signal(signal.SIGPROF, signal.SIG_IGN)
        return {"error": "costly"}
    return {"error": "costly"} if alarm.rang else asdict(rendered)


def _received(source: int) -> dict[str, Any] | None:
    """Return the next question, None when there will be no more."""
    parent = os.getppid()
    # A process forked off the parent may hold the other end open after the parent is gone.
    while not select.select([source], [], [], _PARENT_CHECK_SECONDS)[0]:
        if os.getppid() != parent:
            return None
    header = _read(source, HEADER)
    return unpacked(_read(source, body_length(header))) if header else None


def _read(source: int, count: int) -> bytes:
    parts = []
    while count and (part := os.read(source, count)):
        parts.append(part)
        count -= len(part)
    return b"".join(parts) if not count else b""


def _send(sink: int, frame: bytes) -> None:
    rest = memoryview(frame)
    while rest:
        rest = rest[os.write(sink, rest) :]


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(0)  # the parent is gone
