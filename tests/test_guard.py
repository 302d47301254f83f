"""The guard ends what its owner started, however the owner ended."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from forum.guard import Guard, end_groups

ROOT = Path(__file__).resolve().parent.parent
SLEEPER = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(600)"
)
POLITE = (
    "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7)); "
    "print('ready', flush=True); time.sleep(600)"
)
OWNER = f"""
import subprocess, sys, time
from pathlib import Path
from forum.guard import Guard
guard = Guard()
guard.remove(Path(sys.argv[1]))
child = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}], start_new_session=True)
guard.watch(child.pid)
print("ready", flush=True)
time.sleep(600)
"""


@contextlib.contextmanager
def running(code: str, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Some Python in a group of its own, once it is ready. Its output stays open while any process it started lives."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate(timeout=30)


def test_nothing_outlives_an_owner_that_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with running(OWNER, str(folder)) as owner:
        owner.kill()
        owner.communicate(timeout=30)  # ends when the last process that holds the output has ended, the guard included
        assert not folder.exists()


def test_a_forgotten_process_is_left_alone() -> None:
    guard = Guard()
    with running(STUBBORN) as child:
        guard.watch(child.pid)
        guard.forget(child.pid)
        guard.close()
        assert child.poll() is None


def test_a_process_may_finish_its_work() -> None:
    with running(POLITE) as child:
        end_groups([child.pid], patience=0.2)
        assert child.wait(10) == 7


def test_a_process_that_does_not_listen_is_killed() -> None:
    with running(STUBBORN) as child:
        end_groups([child.pid], patience=0.2)
        assert child.wait(10) == -9
