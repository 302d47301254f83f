"""Backups that the worker makes by itself, in a folder, and which of them it keeps."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask, current_app

from forum.backup.making import back_up, forget_drafts
from forum.backup.reading import BrokenBackup
from forum.core import outages, site
from forum.core.database import now, transaction
from forum.core.diagnosis import Fact, ago, further_checks
from forum.core.errors import FilesAway
from forum.core.jobs import slow_sweeper

log = logging.getLogger(__name__)

EVERY = timedelta(hours=24)
DAILY, WEEKLY = 7, 4  # that are kept: the newest of so many days, and of so many weeks
LATE = timedelta(hours=48)  # after which `flask doctor` complains
_TRYING = "backup_begun"  # the setting that keeps a second worker from doing the same
_TRY_AGAIN = timedelta(hours=1)  # after one that failed, or whose worker died
_NAME = re.compile(r"gathering-(\d{8}T\d{6})Z\.backup")


def connect(app: Flask) -> None:
    """Have `flask doctor` look at the backups."""
    del app
    further_checks["backups"] = findings


@slow_sweeper
def keep_backups() -> None:
    """Make a backup when a day has passed since the last one, and let old ones go."""
    folder = _folder()
    if folder is None or not _is_due(folder) or not _is_ours():
        return
    file = folder / f"gathering-{now():%Y%m%dT%H%M%S}Z.backup"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        forget_drafts(folder)
        back_up(file, str(current_app.config["BACKUP_PASSPHRASE"]))
        for old in surplus(_past(folder)):
            old.unlink(missing_ok=True)
    except (OSError, BrokenBackup, FilesAway) as error:
        why = outages.in_words(error)
        log.error("no backup could be made in %s, the next try is in an hour: %s", folder, why)


def made_in(folder: Path) -> dict[Path, datetime]:
    """Return the worker's backups in the folder with their moments, oldest first."""
    found = ((path, _NAME.fullmatch(path.name)) for path in folder.glob("gathering-*.backup"))
    moments = {path: datetime.strptime(name[1], "%Y%m%dT%H%M%S").replace(tzinfo=UTC) for path, name in found if name}
    return dict(sorted(moments.items(), key=lambda pair: pair[1]))


def surplus(made: dict[Path, datetime]) -> list[Path]:
    """Return those that are not kept: the newest of each of the last days and weeks that have any stay."""
    days = {moment.date(): path for path, moment in made.items()}  # the last of each day wins
    weeks = {tuple(moment.isocalendar())[:2]: path for path, moment in made.items()}
    kept = {*list(days.values())[-DAILY:], *list(weeks.values())[-WEEKLY:]}
    return [path for path in made if path not in kept]


def _folder() -> Path | None:
    name = current_app.config["BACKUP_FOLDER"]
    return Path(name) if name else None


def _past(folder: Path) -> dict[Path, datetime]:
    """Return the backups without those of the future, from a clock that was wrong: they stand for no day and stay."""
    return {path: moment for path, moment in made_in(folder).items() if moment <= now()}


def _last(folder: Path) -> datetime | None:
    return max(_past(folder).values(), default=None)


def _is_due(folder: Path) -> bool:
    last = _last(folder)
    return last is None or last <= now() - EVERY


def _is_ours() -> bool:
    """Whether no other worker has begun one lately; says that this one does."""
    with transaction():
        begun = site.get(_TRYING)
        if begun and abs(now() - datetime.fromisoformat(begun)) < _TRY_AGAIN:
            return False
        site.put(_TRYING, now().isoformat(), None)
        return True


def findings() -> Iterator[str]:
    """Yield where the backups are, and whether the last one is old."""
    folder = _folder()
    if folder is None:
        yield Fact("BACKUP_FOLDER is not set: the worker makes no backups; flask backup FILE makes one")
        return
    last = _last(folder)
    if last is None:
        yield f"there is none in {folder} yet"
    elif last < now() - LATE:
        yield f"the last one in {folder} was made {ago(last)} ago"
    else:
        yield Fact(f"the last one was made {ago(last)} ago, in {folder}")
