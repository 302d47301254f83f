"""R-3: no byte is free any more while people post, the worker indexes, everything is logged and a backup is made."""

from __future__ import annotations

import time
from pathlib import Path

from bench.faults import checker
from bench.faults.clients import Crowd, writing
from bench.faults.disks import Disk, small_disk
from bench.faults.forums import Forum
from bench.faults.pictures import picture
from bench.faults.stage import Stage, wait_for
from tests.servers.robot import Robot

LONG = 150  # repetitions of the filler: a text of 6 kB, so that the database grows
PAGES = ("/", "/subthemes/law-online", "/search?q=words", "/people/before1", "/programme")


def play(stage: Stage) -> None:
    """Fill disks of two kinds under a forum on SQLite, and one under PostgreSQL."""
    for kind in ("tmpfs", "ext4"):
        disk = small_disk(stage, kind, 96)
        if disk:
            _embedded(stage, kind, disk)
    disk = small_disk(stage, "tmpfs", 160)
    if disk:
        _postgres(stage, disk)


def _embedded(stage: Stage, kind: str, disk: Disk) -> None:
    rounds = stage.times(4, 1)
    env = {"TMPDIR": str(disk.folder / "forum")}
    with stage.forum(folder=disk.folder / "forum", env=env) as forum:
        backup = disk.folder / "good.backup"
        forum.website.flask("backup", str(backup))
        with writing(forum, stage.folder / f"{kind}.jsonl", filler=LONG) as crowd:
            slowest = 0.0
            for number in range(rounds):
                crowd.wait_for_more(5)
                disk.fill()
                _while_full(stage, crowd, kind, backup)
                if number == rounds - 1:
                    _restarted(stage, forum, kind)
                disk.free()
                slowest = max(slowest, _goes_on(stage, crowd, kind))
        stage.did(f"SQLite on {kind} (data, index, queue, pictures, logs, temporary files): full {rounds} times")
        stage.found(
            f"SQLite on {kind}: {crowd.acknowledged} acknowledged, {crowd.statuses['503']} refused with 503, "
            f"written again {slowest:.1f} s after there was room, without a restart"
        )
        checker.check(stage, crowd, kind, refusals=True, deaths=True)


def _while_full(stage: Stage, crowd: Crowd, kind: str, backup: Path) -> None:
    refused = crowd.statuses["503"]
    took = wait_for(lambda: crowd.statuses["503"] > refused + 3, 30)
    stage.check(took is not None, f"{kind}: nobody was refused, so that the disk was not full")
    _reads(stage, crowd, kind)
    reader = crowd.forum.person_before
    status, page = reader.send(f"{crowd.thread.rpartition('/')[0]}/posts", body="Is there room? " * 400)
    stage.check(status == 503 and "no room" in page and "Is there room? " in page, f"{kind}: {status}: {page[:300]}")
    before = backup.read_bytes()
    try:
        crowd.forum.website.flask("backup", str(backup))
        stage.check(False, f"{kind}: a backup was made on a full disk")
    except RuntimeError as told:
        stage.check("no backup was made" in str(told) and "Traceback" not in str(told), f"{kind}: backup says {told}")
    stage.check(backup.read_bytes() == before, f"{kind}: the earlier backup is another")
    left = [path.name for path in backup.parent.glob(".*.part")]
    stage.check(not left, f"{kind}: parts of a backup are left: {left}")
    status, page = reader.upload("/settings/avatar", "picture", picture())
    stage.check(status in (303, 503), f"{kind}: an upload is answered with {status}: {page[:300]}")
    time.sleep(stage.times(4, 2))


def _reads(stage: Stage, crowd: Crowd, kind: str) -> None:
    for reader in (Robot(crowd.forum.url), crowd.forum.person_before):
        for path in (*PAGES, crowd.thread):
            status, page = reader.get(path)
            stage.check(status == 200, f"{kind}: {path} is answered with {status} on a full disk")
            stage.check("Traceback" not in page, f"{kind}: {path} shows a traceback")


def _restarted(stage: Stage, forum: Forum, kind: str) -> None:
    """Kill everything while the disk is full, and start it again."""
    forum.website.kill_web()
    forum.website.kill_worker()
    forum.website.start_worker()
    forum.website.start_web()
    status = Robot(forum.url).get("/subthemes/law-online")[0]
    stage.check(status == 200, f"{kind}: started on a full disk, it answers a page with {status}")


def _goes_on(stage: Stage, crowd: Crowd, kind: str) -> float:
    began = time.monotonic()
    stage.check(crowd.wait_for_more(1, 30), f"{kind}: nobody can write, though there is room again")
    stage.check(crowd.forum.website.web_lives(), f"{kind}: the web server has ended")
    stage.check(crowd.forum.website.worker_lives(), f"{kind}: the worker has ended")
    return time.monotonic() - began


def _postgres(stage: Stage, disk: Disk) -> None:
    stage.postgres_folder = disk.folder
    rounds = stage.times(2, 1)
    with stage.forum("postgres") as forum:
        with writing(forum, stage.folder / "pg.jsonl", filler=LONG) as crowd:
            slowest = max(_once_full(stage, crowd, disk) for _ in range(rounds))
        refused = crowd.statuses["503"]
        stage.did(f"PostgreSQL's data on tmpfs: full {rounds} times")
        stage.found(
            f"PostgreSQL: {crowd.acknowledged} acknowledged, {refused} refused with 503, written again {slowest:.1f} s "
            "after there was room"
        )
        checker.check(stage, crowd, "postgres", refusals=True)


def _once_full(stage: Stage, crowd: Crowd, disk: Disk) -> float:
    crowd.wait_for_more(5)
    disk.fill()
    refused = crowd.statuses["503"]
    took = wait_for(lambda: crowd.statuses["503"] > refused + 3, 60)
    stage.check(took is not None, "postgres: nobody was refused, so that the disk was not full")
    _reads(stage, crowd, "postgres")
    disk.free()
    return _goes_on(stage, crowd, "postgres")
