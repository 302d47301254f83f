"""Keeps a few processes running: starts them, starts again what dies, ends all of them together.

It needs only the standard library, so that the supervisor stays small beside what it supervises.
"""

import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from forum.guard import PATIENCE, Guard, signal_group

ROOT = Path(__file__).resolve().parent.parent
UP_WITHIN = 90.0  # seconds until the first answer; after that something is wrong that waiting won't mend
QUICK_DEATH = 10.0  # seconds; a process that ends sooner than this after its start has not really run
QUICK_DEATHS = 4  # in a row, until we give up
SAME_WISH = 0.5  # seconds within which a terminal and its shell may both ask to stop, and mean it once
LONGEST_PAUSE = 30.0  # seconds between two starts of the same process


class GiveUp(Exception):
    """The forum can't run; the message says why and what to do, for the person at the terminal."""


class Stopped(Exception):
    """Somebody asked the forum to stop before it was running."""


class Signals:
    """Turns signals into something that can be waited for, without a thread and without polling."""

    STOP = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def __init__(self) -> None:
        self.stop = False
        self.hurry = False  # somebody asked again: what is waited for is not waited for any longer
        self._asked_at = float("-inf")
        self._reader, writer = socket.socketpair()
        self._reader.setblocking(False)
        writer.setblocking(False)
        self._writer = writer
        signal.set_wakeup_fd(writer.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in self.STOP:
            if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
                signal.signal(number, self._asked_to_stop)

    def _asked_to_stop(self, *_: object) -> None:
        moment = time.monotonic()
        if moment > self._asked_at + SAME_WISH:
            self.hurry, self.stop, self._asked_at = self.stop, True, moment

    def wait(self, seconds: float | None) -> None:
        """Return after a signal, or after so many seconds; at once when asked to stop."""
        if not self.stop:
            self._listen(seconds)

    def wait_while(self, running: Callable[[], bool], seconds: float) -> None:
        """Return when `running` says no, when somebody asks to stop once more, or after so many seconds."""
        self.hurry = False
        deadline = time.monotonic() + seconds
        while running() and not self.hurry and (left := deadline - time.monotonic()) > 0:
            self._listen(left)

    def _listen(self, seconds: float | None) -> None:
        if select.select([self._reader], [], [], seconds)[0]:
            self._reader.recv(4096)


@dataclass
class Child:
    """One supervised process. `name` is what the person at the terminal reads; `waits` until the others are up."""

    name: str
    command: list[str]
    waits: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0  # when to start it, on the monotonic clock
    quick_deaths: int = 0

    def is_running(self) -> bool:
        """Whether its process was started and has not ended."""
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Starts the children, starts again what dies, and ends all of them together."""

    def __init__(self, signals: Signals, guard: Guard) -> None:
        self.signals = signals
        self.guard = guard
        self.children: list[Child] = []

    def run_once(self, name: str, command: list[str]) -> None:
        """Run a command to its end; GiveUp if it fails, Stopped if a signal came first."""
        child = Child(name, command)
        self.children = [child]
        self._start(child)
        assert child.process is not None
        while child.process.poll() is None and not self.signals.stop:
            self.signals.wait(None)
        if self.signals.stop:
            raise Stopped
        self._clear(child)
        if child.process.returncode:
            raise GiveUp(f"The {name} failed (see above). Nothing was started.")
        self.children = []

    def run(self, children: list[Child], is_up: Callable[[], bool], when_up: Callable[[], None]) -> None:
        """Keep the children running until asked to stop."""
        self.children = children
        up, give_up_at = False, time.monotonic() + UP_WITHIN
        while not self.signals.stop:
            for child in children:
                if up or not child.waits:  # what nobody waits for takes no time from the first answer
                    self._look_after(child)
            if not up and is_up():
                up = True
                when_up()
            if not up and time.monotonic() > give_up_at:
                raise GiveUp(f"The forum did not answer within {UP_WITHIN:.0f} seconds.")
            self.signals.wait(self._until_next_start() if up else 0.1)

    def stop(self) -> None:
        """Ask every child to finish what it is doing, then kill what takes too long, or all when asked again."""
        running = [child for child in self.children if child.process is not None]
        for child in running:
            if child.is_running():
                assert child.process is not None
                child.process.terminate()  # the leader alone: the web server tells its own processes
        self.signals.wait_while(lambda: any(child.is_running() for child in running), PATIENCE)
        for child in running:
            if child.is_running():
                why = "was killed in a hurry" if self.signals.hurry else "did not stop in time and was killed"
                say(f"The {child.name} {why}.")
            self._clear(child)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is not None and child.process.poll() is not None:
            self._mourn(child, now)
        if child.process is None and now >= child.due:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.started = time.monotonic()
        child.process = subprocess.Popen(child.command, cwd=ROOT, stdin=subprocess.DEVNULL, start_new_session=True)
        self.guard.watch(child.process.pid)

    def _mourn(self, child: Child, now: float) -> None:
        """Decide when a dead child is started again; GiveUp if that has no point."""
        assert child.process is not None
        quick = now - child.started < QUICK_DEATH
        child.quick_deaths = child.quick_deaths + 1 if quick else 0
        ending = describe(child.process.returncode)
        self._clear(child)
        child.process = None
        if child.quick_deaths >= QUICK_DEATHS:
            raise GiveUp(f"The {child.name} ends as soon as it is started ({ending}); its reason is above.")
        pause = min(LONGEST_PAUSE, 2.0 ** (child.quick_deaths - 1)) if quick else 0.0
        child.due = now + pause
        say(f"The {child.name} ended unexpectedly ({ending}) and is started again.")

    def _clear(self, child: Child) -> None:
        """End what is left of the child's group: a killed web server leaves processes that hold the port."""
        assert child.process is not None
        signal_group(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self.guard.forget(child.process.pid)

    def _until_next_start(self) -> float | None:
        waiting = [child.due for child in self.children if child.process is None]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None


def describe(status: int) -> str:
    """How a process ended, in words."""
    return f"killed by {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"


def say(text: str) -> None:
    """One message to the person at the terminal."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
