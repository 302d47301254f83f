"""The worker makes a backup a day and lets old ones go; `flask backup` and `flask restore` say what they did."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum.backup.keeping import findings, keep_backups, made_in, surplus
from forum.backup.making import back_up
from forum.backup.reading import BrokenBackup, examine
from forum.backup.writing import Lines
from forum.core.database import now
from forum.threads.models import Thread


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that the operator named."""
    app.config["BACKUP_FOLDER"] = str(tmp_path / "backups")
    yield tmp_path / "backups"
    app.config["BACKUP_FOLDER"] = ""


def names(folder: Path) -> list[str]:
    """Return what is in the folder."""
    return sorted(path.name for path in folder.iterdir())


def test_without_a_folder_none_is_made(app: Flask, tmp_path: Path) -> None:
    keep_backups()
    assert "not set" in next(findings())


def test_one_a_day(app: Flask, folder: Path, thread: Thread, clock: Any) -> None:
    assert "none" in next(findings())
    for _ in range(3):
        keep_backups()
    assert len(made_in(folder)) == 1
    first = next(iter(made_in(folder)))
    assert examine(first).rows["threads"] == 1
    assert stat.S_IMODE(first.stat().st_mode) == 0o600 and stat.S_IMODE(folder.stat().st_mode) == 0o700
    clock.move(hours=23)
    keep_backups()
    assert len(made_in(folder)) == 1
    clock.move(hours=1)
    keep_backups()
    assert len(made_in(folder)) == 2
    assert "made" in next(findings())
    clock.move(hours=49)
    assert "ago" in next(findings())


def test_one_that_fails_is_tried_again_after_an_hour(app: Flask, folder: Path, clock: Any, caplog: Any) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    keep_backups()
    (said,) = caplog.records
    assert "no backup could be made" in said.message and not said.exc_info, "a line, not a trace"
    folder.unlink()
    keep_backups()
    assert not made_in(folder), "not every minute"
    clock.move(minutes=61)
    keep_backups()
    assert len(made_in(folder)) == 1


def test_a_clock_that_was_wrong_keeps_nothing_back(app: Flask, folder: Path, clock: Any) -> None:
    clock.move(days=400)
    keep_backups()
    clock.move(days=-400)
    assert "none" in next(findings()), "one of the future is no comfort"
    keep_backups()
    assert len(made_in(folder)) == 2, "neither the file nor the note that one was begun holds it back"
    for _day in range(8):
        clock.move(days=1)
        (folder / f"gathering-{now():%Y%m%dT%H%M%S}Z.backup").touch()
    clock.move(days=1)
    keep_backups()
    moments = list(made_in(folder).values())
    assert len(moments) >= 8, "seven days, and that of the future beside them"
    assert timedelta(0) <= now() - moments[-2] < timedelta(hours=1) and moments[-1] > now() + timedelta(days=300)


def test_what_a_killed_worker_left_goes(app: Flask, folder: Path) -> None:
    folder.mkdir()
    left, busy = folder / ".gathering-1.backup.x.part", folder / ".gathering-2.backup.y.part"
    for path in (left, busy):
        path.write_text("half")
    os.utime(left, (1, 1))
    keep_backups()
    assert {path.name for path in folder.iterdir() if path.suffix == ".part"} == {busy.name}


def test_seven_days_and_four_weeks_are_kept(tmp_path: Path) -> None:
    start = datetime(2026, 1, 1, 3, 30, tzinfo=UTC)
    made = {tmp_path / str(day): start + timedelta(days=day) for day in range(60)}
    left = {int(path.name) for path in made} - {int(path.name) for path in surplus(made)}
    assert left == {*range(53, 60), 52, 45, 38}, "seven days, and the Sundays of three weeks before"
    assert surplus({tmp_path / "1": start, tmp_path / "2": start + timedelta(hours=1)}) == [tmp_path / "1"]
    assert surplus({}) == []


def test_the_commands_say_what_they_did(app: Flask, thread: Thread, tmp_path: Path) -> None:
    run = app.test_cli_runner()
    made = run.invoke(args=["backup", str(tmp_path / "file")])
    assert made.exit_code == 0 and "rows in" in made.output and "BACKUP_PASSPHRASE is not set" in made.output
    checked = run.invoke(args=["restore", "--check", str(tmp_path / "file")])
    assert checked.exit_code == 0 and "is whole" in checked.output
    refused = run.invoke(args=["restore", str(tmp_path / "file")])
    assert refused.exit_code == 1 and "nothing was restored: the database is not empty" in refused.output
    for missing in ("restore", "backup"):
        nowhere = run.invoke(args=[missing, str(tmp_path / "no" / "such")])
        assert nowhere.exit_code == 1 and "Traceback" not in nowhere.output


def test_an_earlier_backup_is_replaced_and_nothing_else(app: Flask, tmp_path: Path, monkeypatch: Any) -> None:
    file, other = tmp_path / "forum.backup", tmp_path / "forum.db"
    other.write_bytes(b"SQLite format 3\0")
    with pytest.raises(FileExistsError, match="no backup"):
        back_up(other)
    assert other.read_bytes() == b"SQLite format 3\0"
    for passphrase in ("", "seven lanterns", "seven lanterns", ""):
        back_up(file, passphrase)
        assert examine(file, passphrase)
    before = file.read_bytes()

    def full(_draft: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    said = app.test_cli_runner().invoke(args=["backup", str(file)])
    assert said.exit_code == 1 and "no backup was made: No space left on device" in said.output
    assert file.read_bytes() == before and names(tmp_path) == ["forum.backup", "forum.db"]


def test_one_that_can_not_be_read_again_does_not_take_the_place_of_a_good_one(
    app: Flask, tmp_path: Path, monkeypatch: Any
) -> None:
    file = tmp_path / "backup"
    back_up(file)
    before = file.read_bytes()
    lose = Lines.add

    def lossy(lines: Lines, line: Any) -> None:
        if line != {"table": "subthemes", "columns": line.get("columns")} if isinstance(line, dict) else True:
            lose(lines, line)

    monkeypatch.setattr(Lines, "add", lossy)
    with pytest.raises(BrokenBackup):
        back_up(file)
    assert file.read_bytes() == before and names(tmp_path) == ["backup"]


def test_two_at_once_for_one_name_do_not_mix(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "backup"

    def make() -> None:
        with app.app_context():
            back_up(file)

    with ThreadPoolExecutor(3) as pool:
        for done in [pool.submit(make) for _ in range(6)]:
            done.result()
    assert examine(file).rows["subthemes"] == 7 and names(tmp_path) == ["backup"]
