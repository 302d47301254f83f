"""The worker makes a backup a day and lets old ones go; `flask backup` and `flask restore` say what they did."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from forum.backup.keeping import findings, keep_backups, made_in, surplus
from forum.backup.reading import examine
from forum.threads.models import Thread


@pytest.fixture
def folder(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """The folder that the operator named."""
    app.config["BACKUP_FOLDER"] = str(tmp_path / "backups")
    yield tmp_path / "backups"
    app.config["BACKUP_FOLDER"] = ""


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
    with pytest.raises(FileExistsError):
        keep_backups()
    folder.unlink()
    keep_backups()
    assert not made_in(folder), "not every minute"
    clock.move(minutes=61)
    keep_backups()
    assert len(made_in(folder)) == 1


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
