"""Ends what a process started once that process is gone, even when it went by `kill -9`.

The owner holds the only writing end of a pipe to a small process of its own. When the pipe closes, for
whatever reason, that process ends the groups it was told to watch and deletes the folders it was told to remove.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path

PATIENCE = 10.0  # seconds a process gets to finish its work before it is killed


class Guard:
    """The owner's end. A watched process must lead its own group (`start_new_session=True`)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in the owner's terminal must not end the guard first
        )

    def watch(self, group: int) -> None:
        """End this process group when the owner is gone."""
        self._tell(f"watch {group}")

    def forget(self, group: int) -> None:
        """The group is known to have ended; its number may be given to somebody else."""
        self._tell(f"forget {group}")

    def remove(self, folder: Path) -> None:
        """Delete this folder when the owner is gone."""
        self._tell(f"remove {folder}")

    def close(self) -> None:
        """End all that is still watched, now. Returns when it is done."""
        with contextlib.suppress(BrokenPipeError):
            self._process.communicate()

    def _tell(self, order: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(order.encode() + b"\n")
        self._process.stdin.flush()


def end_groups(groups: Iterable[int], patience: float = PATIENCE) -> None:
    """Ask the process groups to end, wait up to `patience` seconds, then kill what is left of them."""
    left = {group for group in groups if signal_group(group, signal.SIGTERM)}
    deadline = time.monotonic() + patience
    while left and time.monotonic() < deadline:
        time.sleep(0.05)
        left = {group for group in left if signal_group(group, 0)}
    for group in left:
        signal_group(group, signal.SIGKILL)


def signal_group(group: int, number: int) -> bool:
    """Send a signal (0 only asks). False if no such group is left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # the latter is macOS's answer for a group of zombies
        return False
    return True


def main() -> None:
    """The guard's end: follow the orders on standard input until it closes, then clear up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    folders: list[str] = []
    for line in sys.stdin:
        order, _, what = line.rstrip("\n").partition(" ")
        if order == "watch":
            groups.add(int(what))
        elif order == "forget":
            groups.discard(int(what))
        elif order == "remove":
            folders.append(what)
    end_groups(groups)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
