"""`python -m bench.speed [--quick] [--million] [--folder FOLDER] [--json FILE] [--svg FILE]`: measures, prints a table,
writes the results.

Exit status 1 when an answer was wrong or something is missing. A line of issue 6 that is missed is printed as missed:
whether a machine that is shared reaches a figure says nothing about the code alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench.speed.figures import Wrong
from bench.speed.load import Missing, need_tools

FOLDER = Path(__file__).resolve().parents[1]


def main() -> int:
    """Run the yardstick; return the exit status."""
    options = _options()
    try:
        need_tools()
        written = _measured(options)
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
    parser.add_argument("--million", action="store_true", help="fill the forum of a million posts, if it isn't there")
    folder = Path(os.environ.get("GROW_FOLDER", Path(tempfile.gettempdir()) / "forum-grow"))
    parser.add_argument(
        "--folder", type=Path, default=folder, help="where large forums lie, and stay; as in bench.grow"
    )
    parser.add_argument("--json", type=Path, default=FOLDER / "results.json", help="where the results go")
    parser.add_argument("--svg", type=Path, default=FOLDER / "results.svg", help="where the chart goes")
    return parser.parse_args()


def _measured(options: argparse.Namespace) -> dict[str, object]:
    from bench.speed import run, searching, stage  # noqa: PLC0415 - these load the forum; what is missing is said before

    effort = run.QUICK if options.quick else run.WHOLE
    if options.million:
        effort = replace(effort, fills=searching.FORUMS, is_whole=True)
    with tempfile.TemporaryDirectory(prefix="forum-speed-") as folder:
        print("Making the forum that is measured …", flush=True)
        built = stage.build(Path(folder))
        print("Measuring …", flush=True)
        try:
            return run.run(built, effort, options.folder, lambda words: print(words, flush=True)).as_json()
        except Wrong:
            print(run.log_of(Path(folder)), file=sys.stderr)
            raise


if __name__ == "__main__":
    sys.exit(main())
