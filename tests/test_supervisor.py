"""The supervisor starts again what dies, gives up on what can't live, and ends everything together."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from forum.supervisor import SAME_WISH
from tests.servers.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent
CLOCK = "import os, time; print('clock', os.getpid(), flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(15, lambda *_: print('later', flush=True)); " + CLOCK
BROKEN = "print('broken', flush=True); raise SystemExit(3)"
DRIVER = """
import sys
from forum import supervisor
from forum.guard import Guard
supervisor.LONGEST_PAUSE = 0.1  # the pauses themselves are not what is shown here
boss = supervisor.Supervisor(supervisor.Signals(), Guard())
children = [
    supervisor.Child(f"child {n}", [sys.executable, "-c", code], waits=code.startswith("# later"))
    for n, code in enumerate(sys.argv[1:], 1)
]
def is_up():
    supervisor.say("running: " + str([child.process is not None for child in children]))
    return True
try:
    boss.run(children, is_up, when_up=lambda: supervisor.say("up"))
except supervisor.GiveUp as reason:
    supervisor.say(str(reason))
    sys.exit(1)
finally:
    boss.stop()
    boss.guard.close()
"""


class Family:
    """A supervisor and its children. They write to a log; their standard error closes when the last has ended."""

    def __init__(self, log: Path, *codes: str) -> None:
        self.log = log
        with log.open("wb") as output:
            self.boss = subprocess.Popen(
                [sys.executable, "-c", DRIVER, *codes],
                cwd=ROOT,
                stdout=output,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )

    def clocks(self) -> list[int]:
        """The process numbers of all clocks started so far."""
        return [int(number) for number in re.findall(r"clock (\d+)", self.log.read_text())]

    def wait_for_clocks(self, count: int) -> None:
        wait_until(lambda: len(self.clocks()) == count and "up\n" in self.log.read_text(), self.boss, self.log)

    def end(self) -> int:
        """Wait until every process has ended. Returns the supervisor's exit status."""
        self.boss.communicate(timeout=30)
        return self.boss.returncode


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    family = Family(tmp_path / "log", CLOCK, CLOCK)
    yield family
    family.boss.kill()
    family.end()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(family: Family, number: signal.Signals) -> None:
    family.wait_for_clocks(2)
    family.boss.send_signal(number)
    assert family.end() == 0


def test_a_second_signal_ends_what_does_not_listen(tmp_path: Path) -> None:
    family = Family(tmp_path / "log", DEAF)
    family.wait_for_clocks(1)
    family.boss.send_signal(signal.SIGTERM)
    wait_until(lambda: "later" in family.log.read_text(), family.boss, family.log)
    time.sleep(SAME_WISH + 0.1)
    family.boss.send_signal(signal.SIGTERM)
    assert family.end() == 0
    assert "The child 1 was killed in a hurry." in family.log.read_text()


def test_a_child_that_dies_is_started_again(family: Family) -> None:
    family.wait_for_clocks(2)
    os.kill(family.clocks()[0], signal.SIGKILL)
    family.wait_for_clocks(3)
    assert re.search(r"child \d ended unexpectedly \(killed by SIGKILL\)", family.log.read_text())


def test_a_child_that_waits_is_started_once_the_others_are_up(tmp_path: Path) -> None:
    family = Family(tmp_path / "log", CLOCK, f"# later\n{CLOCK}")
    family.wait_for_clocks(2)
    assert "running: [True, False]\nup" in family.log.read_text()
    family.boss.send_signal(signal.SIGTERM)
    assert family.end() == 0


def test_no_child_outlives_a_killed_supervisor(family: Family) -> None:
    family.wait_for_clocks(2)
    family.boss.kill()
    assert family.end() == -signal.SIGKILL


def test_it_gives_up_on_a_child_that_can_not_live(tmp_path: Path) -> None:
    family = Family(tmp_path / "log", CLOCK, BROKEN)
    assert family.end() == 1
    text = family.log.read_text()
    assert text.count("broken") == 4
    assert "The child 2 ends as soon as it is started (exit status 3)" in text
