"""R-7: the search index is deleted, damaged, old, read-only, locked. R-8: many write and index at once."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import text

from bench.faults import checker
from bench.faults.clients import Crowd, writing
from bench.faults.disks import MAY_MOUNT
from bench.faults.forums import Forum
from bench.faults.stage import Stage, wait_for
from tests.servers.robot import Robot
from tests.servers.website import Website

MEND_SECONDS = 90.0  # the worker looks every minute when nobody asks
LOCKER = """
import sys, time
from whoosh.util.filelock import FileLock
assert FileLock(sys.argv[1]).acquire(blocking=True)
print("locked", flush=True)
time.sleep(600)
"""

Damage = Callable[[Forum], contextlib.AbstractContextManager[None]]


def play(stage: Stage) -> None:
    """R-7, on both engines."""
    for kind, damages in (("sqlite", _of_files(stage)), ("postgres", _of_tables())):
        with stage.forum(kind) as forum:
            with writing(forum, stage.folder / f"{kind}.jsonl", people=2) as crowd:
                longest = max(_damaged(stage, crowd, name, damage) for name, damage in damages.items())
            stage.did(f"{kind}: the index {', '.join(damages)}, while two people write")
            stage.found(f"{kind}: {crowd.acknowledged} acknowledged; search answers again within {longest:.0f} s")
            checker.check(stage, crowd, kind)


def _damaged(stage: Stage, crowd: Crowd, name: str, damage: Damage) -> float:
    forum = crowd.forum
    crowd.wait_for_more(3)
    with damage(forum):
        reader = Robot(forum.url)
        for path in ("/", crowd.thread):
            stage.check(reader.get(path)[0] == 200, f"index {name}: {path} does not answer")
        status, page = reader.get("/search?q=words")
        stage.check(status in (200, 503), f"index {name}: search is answered with {status}")
        stage.check("Traceback" not in page, f"index {name}: search shows a traceback")
        stage.check(crowd.wait_for_more(3), f"index {name}: nobody can write")
    crowd.wait_for_more(1)
    took = wait_for(lambda: 'class="results"' in reader.get("/search?q=words")[1], MEND_SECONDS)
    stage.check(took is not None, f"index {name}: search does not answer after {MEND_SECONDS:.0f} s")
    return took or MEND_SECONDS


def _of_files(stage: Stage) -> dict[str, Damage]:
    damages: dict[str, Damage] = {
        "deleted": _once(_remove),
        "cut in half": _once(
            lambda folder: _each_file(folder, lambda path: os.truncate(path, path.stat().st_size // 2))
        ),
        "filled with nonsense": _once(lambda folder: _each_file(folder, _overwrite)),
        "of another version": _once(
            lambda folder: _write(folder / "current.json", json.dumps({"version": 0, "generation": "g-1"}))
        ),
        "locked by a process that died": _locked(0.0),
        "locked for 8 s": _locked(8.0),
    }
    if os.environ.get(MAY_MOUNT):
        damages["on a disk that is read-only for 8 s"] = _read_only
    else:
        stage.missing("a read-only index: needs root and a mount namespace")
    return damages


def _once(act: Callable[[Path], None]) -> Damage:
    @contextlib.contextmanager
    def damaged(forum: Forum) -> Iterator[None]:
        act(forum.website.instance / "search")
        yield

    return damaged


def _write(path: Path, words: str) -> None:
    path.write_text(words)


def _remove(folder: Path) -> None:
    """Delete all files; a writer may be making new ones at this moment."""
    _each_file(folder, lambda path: path.unlink(missing_ok=True))


def _overwrite(path: Path) -> None:
    path.write_bytes((b"nonsense" * (path.stat().st_size // 8 + 1))[: path.stat().st_size])


def _each_file(folder: Path, act: Callable[[Path], None]) -> None:
    for path in [path for path in folder.rglob("*") if path.is_file() and "LOCK" not in path.name.upper()]:
        with contextlib.suppress(FileNotFoundError):
            act(path)


def _locked(seconds: float) -> Damage:
    @contextlib.contextmanager
    def locked(forum: Forum) -> Iterator[None]:
        lock = forum.website.instance / "search" / "write.lock"
        holder = subprocess.Popen([sys.executable, "-c", LOCKER, str(lock)], stdout=subprocess.PIPE)
        assert holder.stdout is not None
        holder.stdout.readline()
        time.sleep(seconds)
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        holder.stdout.close()
        yield

    return locked


@contextlib.contextmanager
def _read_only(forum: Forum) -> Iterator[None]:
    folder = str(forum.website.instance / "search")
    subprocess.run(["mount", "--bind", folder, folder], check=True)
    try:
        subprocess.run(["mount", "-o", "remount,bind,ro", folder], check=True)
        time.sleep(8)
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


def _of_tables() -> dict[str, Damage]:
    def told(statement: str, seconds: float = 0.0) -> Damage:
        @contextlib.contextmanager
        def damaged(forum: Forum) -> Iterator[None]:
            with forum.engine.begin() as connection:
                connection.execute(text(statement))
                time.sleep(seconds)
            yield

        return damaged

    return {
        "dropped": told("DROP TABLE search_documents CASCADE"),
        "of other columns": told("ALTER TABLE search_documents RENAME COLUMN id TO number"),
        "locked for 8 s": told("LOCK TABLE search_documents IN ACCESS EXCLUSIVE MODE", 8.0),
    }


def play_together(stage: Stage) -> None:
    """R-8: four web processes, two workers and a rebuild now and then."""
    seconds = stage.times(30, 8)
    for kind in ("sqlite", "postgres"):
        with stage.forum(kind, web_workers=4) as forum:
            second = Website(stage.guard, forum.website.instance.parent, forum.settings)
            second.start_worker()
            rebuilds, until = 0, time.monotonic() + seconds
            with writing(forum, stage.folder / f"{kind}.jsonl", people=4) as crowd:
                while time.monotonic() < until:
                    crowd.wait_for_more(5)
                    with contextlib.suppress(RuntimeError):  # two workers may hold it for longer than it waits
                        forum.website.flask("search", "rebuild")
                        rebuilds += 1
            stage.did(f"{kind}: four web processes, four writers, two workers and {rebuilds} rebuilds in {seconds} s")
            stage.found(f"{kind}: {crowd.acknowledged} acknowledged, slowest {crowd.slowest:.1f} s")
            checker.check(stage, crowd, kind)
            second.stop()
