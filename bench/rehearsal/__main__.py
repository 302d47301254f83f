"""`python -m bench.rehearsal [--quick]`, which deploy/rehearse.sh calls: play, print, and write docs/rehearsal.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from bench.rehearsal import report
from bench.rehearsal.play import Play
from bench.rehearsal.town import build
from forum.guard import Guard


def main() -> int:
    """Play it. Returns 0 when everything holds that has to."""
    parser = argparse.ArgumentParser(prog="deploy/rehearse.sh", description="Many machines, rehearsed on one.")
    parser.add_argument("--quick", action="store_true", help="shorter, and nothing is written")
    quick = parser.parse_args().quick
    began, load = time.monotonic(), os.getloadavg()[0]
    folder = Path(tempfile.mkdtemp(prefix="forum-rehearsal-"))
    guard = Guard()
    guard.remove(folder)
    town = build(guard, folder)
    try:
        play = Play(town, quick)
        play.play()
        owed = play.owed_after()
        for worker in town.workers:
            town.statuses.append(worker.stop())
        held = report.lines(play, owed)
        text = report.table(play, held, f"deploy/rehearse.sh{' --quick' * quick}", (load, os.getloadavg()[0]))
        failed = [line for line in held if not line.holds]
        if failed:
            sys.stderr.write(_doubts(play))
    finally:
        town.close()
        guard.close()
    if not quick:
        report.write(text)
    sys.stdout.write(f"{text}\nPlayed in {time.monotonic() - began:.0f} s.\n")
    return 1 if failed else 0


def _doubts(play: Play) -> str:
    """Return what somebody needs who looks for the reason."""
    start = play.acts[0].begun
    faults = [
        f"{answer.kind} {answer.status} from {answer.begun - start:.2f} to {answer.ended - start:.2f} s"
        for answer in report.bad(play.load.answers)
        if not report.in_flight(answer, play)
    ]
    return "\n".join([*faults, *play.load.stale, f"The logs are kept in {play.town.keep_logs()}", ""])


if __name__ == "__main__":
    sys.exit(main())
