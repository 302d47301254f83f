"""`python -m bench.grow [--sizes 10000,…] [--on postgres,sqlite] [--only fill|measure] [--forget]`: fills and measures.

What was filled stays in the folder of work for the next run; `--forget` removes it. Exit status 1 when an answer was
wrong. A ratio that is missed is printed as missed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
MOST = {"postgres": SIZES[-1], "sqlite": 1_000_000}


def main() -> int:
    """Fill what is missing, ask all forums, write the results; return the exit status."""
    options = _options()
    if options.forget:
        shutil.rmtree(options.folder, ignore_errors=True)
        return 0
    options.folder.mkdir(parents=True, exist_ok=True)
    options.folder.chmod(0o755)  # the server that runs as nobody looks for its folder in here
    from bench.grow import measuring  # noqa: PLC0415 - loads the forum
    from bench.speed.figures import Wrong  # noqa: PLC0415 - beside it

    results = json.loads(options.json.read_text()) if options.json.exists() else {}
    for kind in options.on:
        sizes = [size for size in options.sizes if size <= MOST[kind]]
        if options.only != "measure":
            measuring.fill_missing(options.folder, kind, sizes, say)
        if options.only != "fill":
            try:
                results[kind] = measuring.measure(options.folder, kind, sizes, options.rounds, say)
            except Wrong as reason:
                say(str(reason))
                return 1
    if options.only != "fill":
        _write(options, results)
    return 0


def _write(options: argparse.Namespace, results: dict[str, Any]) -> None:
    from bench.grow import drawing, tabling  # noqa: PLC0415 - they load the forum

    options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    for kind in options.on:
        (options.images / f"flat-{kind}.svg").write_text(drawing.svg(kind, results[kind]), "utf-8")
        print(tabling.table(kind, results[kind]))


def say(what: str) -> None:
    """Print one step."""
    print(f"{datetime.now(UTC):%H:%M:%S} load {os.getloadavg()[0]:5.2f}  {what}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.grow", description="Flat to ten million posts (issue 6).")
    numbers = lambda text: [int(each) for each in text.replace("_", "").split(",")]  # noqa: E731
    parser.add_argument("--sizes", type=numbers, default=list(SIZES), help="posts of each forum, smallest first")
    parser.add_argument("--on", type=lambda text: text.split(","), default=["postgres", "sqlite"])
    parser.add_argument("--only", choices=("fill", "measure"), help="do the one without the other")
    parser.add_argument("--rounds", type=int, default=5, help="in each of them every page is asked ten times")
    parser.add_argument("--forget", action="store_true", help="remove everything that was filled")
    default = Path(os.environ.get("GROW_FOLDER", Path(tempfile.gettempdir()) / "forum-grow"))
    parser.add_argument("--folder", type=Path, default=default, help="where the forums lie")
    parser.add_argument("--json", type=Path, default=ROOT / "bench" / "grow.json", help="where the results go")
    parser.add_argument("--images", type=Path, default=ROOT / "docs" / "images", help="where the charts go")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
