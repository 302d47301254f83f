"""`python -m bench.faults.play ROW OUT.json [--quick]`: plays one row in this process and writes its sheet."""

from __future__ import annotations

import json
import sys
import tempfile
import time
import traceback
from pathlib import Path

from bench.faults.stage import Stage
from bench.faults.table import ROWS, Row
from forum.guard import Guard
from tests.servers.commands import COMMANDS


def main() -> int:
    """Play the row that is named; whatever breaks is a fault on its sheet."""
    wanted, out = sys.argv[1], Path(sys.argv[2])
    row = next(row for row in ROWS if row.id == wanted)
    guard = Guard()
    with tempfile.TemporaryDirectory(prefix="forum-faults-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # PostgreSQL may run as somebody else
        stage = Stage(Path(folder), guard, is_quick="--quick" in sys.argv)
        try:
            _play(row, stage)
        finally:
            stage.close()
            COMMANDS.stop()
            guard.close()
    out.write_text(json.dumps(stage.sheet.as_json()), "utf-8")
    return 0


def _play(row: Row, stage: Stage) -> None:
    began = time.monotonic()
    try:
        row.function()(stage)
    except Exception as error:  # a row that breaks off has failed, and the others are played
        stage.check(False, f"it broke off: {error!r}\n{''.join(traceback.format_exception(error))[-6000:]}")
    stage.sheet.seconds = time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main())
