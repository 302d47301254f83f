"""`python -m bench.speed [--quick] [--json FILE] [--svg FILE]`: measures, prints a table, writes the results.

Exit status 1 when an answer was wrong or something is missing. A line of issue 6 that is missed is printed as missed:
whether a machine that is shared reaches a figure says nothing about the code alone.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.speed.figures import Wrong
from bench.speed.load import Missing, need_tools

FOLDER = Path(__file__).resolve().parents[1]


def main() -> int:
    """Run the yardstick; return the exit status."""
    options = _options()
    try:
        need_tools()
        written = _measured(is_quick=options.quick)
    except (Missing, Wrong) as reason:
        print(reason, file=sys.stderr)
        return 1
    except subprocess.CalledProcessError as failed:
        print(f"{' '.join(map(str, failed.cmd))} failed:\n{failed.stderr!s}", file=sys.stderr)
        return 1
    options.json.write_text(json.dumps(written, indent=1, ensure_ascii=False) + "\n", "utf-8")
    from bench.speed import drawing, results  # noqa: PLC0415 - these load the forum

    options.svg.write_text(drawing.svg(written), "utf-8")
    print(results.table(written))
    print(f"\nWritten: {options.json}, {options.svg}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.speed", description="The yardstick of issue 6.")
    parser.add_argument("--quick", action="store_true", help="one short round, in two minutes")
    parser.add_argument("--json", type=Path, default=FOLDER / "results.json", help="where the results go")
    parser.add_argument("--svg", type=Path, default=FOLDER / "results.svg", help="where the chart goes")
    return parser.parse_args()


def _measured(*, is_quick: bool) -> dict[str, object]:
    from bench.speed import run, stage  # noqa: PLC0415 - these load the forum, and what is missing is said before

    with tempfile.TemporaryDirectory(prefix="forum-speed-") as folder:
        print("Making the forum that is measured …", flush=True)
        built = stage.build(Path(folder))
        print("Measuring …", flush=True)
        try:
            return run.run(built, run.QUICK if is_quick else run.WHOLE).as_json()
        except Wrong:
            print(run.log_of(Path(folder)), file=sys.stderr)
            raise


if __name__ == "__main__":
    sys.exit(main())
