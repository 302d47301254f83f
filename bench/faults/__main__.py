"""`python -m bench.faults [--quick] [--row R-3]… [--docs FILE]`: plays the rows and prints the table.

With --docs it is written into that file too. Exit status 1 when a row found a fault. Two rows run side by side, those
that measure times alone. Everything listens on 127.0.0.1, lies under a temporary folder, and ends with its row.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.faults import report
from bench.faults.disks import MAY_MOUNT
from bench.faults.stage import Sheet
from bench.faults.table import ROWS, Row
from forum.guard import end_groups

ROOT = Path(__file__).resolve().parents[2]
LANES = 2


def main() -> int:
    """Play the rows; return the exit status."""
    options = _options()
    rows = [row for row in ROWS if not options.row or row.id in options.row]
    began, load = time.monotonic(), report.load()
    with tempfile.TemporaryDirectory(prefix="forum-faults-") as folder:
        with ThreadPoolExecutor(LANES) as pool:
            beside = {row.id: pool.submit(_played, row, Path(folder), options.quick) for row in rows if not row.alone}
            sheets = {name: promise.result() for name, promise in beside.items()}
        sheets |= {row.id: _played(row, Path(folder), options.quick) for row in rows if row.alone}
    run = report.Run(rows, sheets, time.monotonic() - began, load, is_quick=options.quick)
    print(report.plain(run))
    if options.docs:
        report.put_into(options.docs, run)
        print(f"Written: {options.docs}")
    return int(any(sheet.faults for sheet in sheets.values()))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.faults", description="The fault tests of issue 6.")
    parser.add_argument("--quick", action="store_true", help="everything a few times, in some minutes")
    parser.add_argument(
        "--row", action="append", choices=[row.id for row in ROWS], help="this row alone; may be repeated"
    )
    parser.add_argument("--docs", type=Path, help="the file whose table is written anew (docs/faults.md)")
    return parser.parse_args()


def _played(row: Row, folder: Path, is_quick: bool) -> Sheet:
    """Play one row in a process of its own; one that takes too long is ended and has failed."""
    print(f"{row.id}: {row.title} …", flush=True)
    out, log = folder / f"{row.id}.json", folder / f"{row.id}.log"
    began, apart = time.monotonic(), _apart(row)
    command = [*apart, sys.executable, "-m", "bench.faults.play", row.id, str(out), *["--quick"] * is_quick]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **_allowed(apart)},
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
        )  # fmt: skip
    try:
        process.wait(row.seconds)
    except subprocess.TimeoutExpired:
        end_groups([process.pid], patience=5)
        process.wait()
    if not out.exists():
        said = f"it did not end within {row.seconds} s, or died:\n{log.read_text(errors='replace')[-3000:]}"
        return Sheet(faults=[said], seconds=time.monotonic() - began)
    sheet = Sheet(**json.loads(out.read_text("utf-8")))
    print(f"{row.id}: {report.verdict(sheet)}, {sheet.seconds:.0f} s", flush=True)
    return sheet


def _allowed(apart: list[str]) -> dict[str, str]:
    return {MAY_MOUNT: "1"} if apart else {}


def _apart(row: Row) -> list[str]:
    """Return what lets a row mount file systems that nobody else sees; nothing where that is not allowed."""
    command = ["unshare", "--mount", "--propagation", "private"]
    if not row.mounts or os.geteuid() != 0 or not shutil.which("unshare"):
        return []
    return [] if subprocess.run([*command, "true"], capture_output=True, check=False).returncode else command


if __name__ == "__main__":
    sys.exit(main())
