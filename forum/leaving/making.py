"""The worker makes archives, and throws them away after their time. One that died is found by `touched_at`."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from forum.accounts.models import User
from forum.core.database import db, locked, now, transaction
from forum.core.jobs import job, sweeper
from forum.leaving import archive, queries
from forum.leaving.models import DataExport, State
from forum.mail.actions import owe

log = logging.getLogger(__name__)
KEPT = timedelta(hours=48)
ATTEMPTS = 3  # by makers that died: it may be what kills them
ORPHANED_AFTER = timedelta(hours=1)  # what lies in the folder longer than this and belongs to no row is thrown away


class Superseded(Exception):
    """Another maker has taken this archive over, or the account is gone: this one stops."""


def folder() -> Path:
    """Return the folder of archives, which only the forum itself can read."""
    path = Path(current_app.config["FORUM_INSTANCE"]) / "exports"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@job
def make_archive(export_id: int) -> None:
    """Make an archive that is owed, or begun by a maker that died; harmless to repeat."""
    export = _claim(export_id)
    person = db.session.get(User, export.user_id) if export else None
    if export is None or person is None:
        return
    path = folder() / export.file
    try:
        size = archive.write(person, path, lambda done: _touch(export_id, path.name, done=done))
        _ready(export_id, path.name, size)
    except Superseded:
        path.unlink(missing_ok=True)
    except Exception:
        log.exception("archive %s can't be made", export_id)
        db.session.rollback()
        path.unlink(missing_ok=True)
        _settle(export_id, path.name, state=State.FAILED, file="")


def _claim(export_id: int) -> DataExport | None:
    """Take the archive for this maker, under a new file's name, and count what it will hold; None if it is not owed.

    One that killed ATTEMPTS makers is given up.
    """
    with transaction():
        export = locked(DataExport, export_id)
        dead = export is not None and export.state == State.WORKING and export.touched_at <= now() - queries.STALE
        if export is None or not (export.state == State.OWED or dead):
            return None
        if export.attempts >= ATTEMPTS:
            export.state, export.file = State.FAILED, ""
            return None
        export.attempts += 1
        export.state, export.file = State.WORKING, f"{secrets.token_hex(16)}.zip"
        export.touched_at, export.done = now(), 0
        export.total = archive.total(export.user_id)
        return export


def _touch(export_id: int, mine_is: str, **facts: Any) -> None:
    """Write down that the maker of the file `mine_is` lives, and `facts`. Raises Superseded when it is taken over."""
    mine = (DataExport.id == export_id) & (DataExport.file == mine_is) & (DataExport.state == State.WORKING)
    with transaction() as session:
        done = session.execute(
            update(DataExport).where(mine).values(touched_at=now(), **facts),
            execution_options={"synchronize_session": False},
        )
        if not done.rowcount:  # type: ignore[attr-defined]
            raise Superseded


def _settle(export_id: int, mine_is: str, **facts: Any) -> None:
    try:
        _touch(export_id, mine_is, **facts)
    except Superseded:
        log.info("archive %s was taken over by another maker", export_id)


def _ready(export_id: int, file: str, size: int) -> None:
    """Offer the archive for 48 hours, and tell the person."""
    with transaction():
        moment = now()
        export = locked(DataExport, export_id)
        if export is None:
            raise Superseded
        _touch(
            export_id, file, state=State.READY, done=export.total, size=size, ready_at=moment, expires_at=moment + KEPT
        )
        person = db.session.get(User, export.user_id)
        if person and person.email:
            key = f"export-ready:{export_id}"
            owe("export_ready", person.email, key, language=person.language, user_id=person.id)


@sweeper
def make_owed_archives() -> None:
    """Make the oldest that nobody has begun, or whose maker died: one in a sweep, since what comes after it waits."""
    export_id = queries.oldest_unmade()
    if export_id is not None:
        make_archive(export_id)


@sweeper
def throw_away_archives() -> None:
    """Delete the files of archives whose time is over, and files that a crash left behind."""
    for export_id in queries.over():
        with transaction():
            export = locked(DataExport, export_id)
            if export is None or export.state != State.READY:
                continue
            file, export.file, export.state, export.size = export.file, "", State.EXPIRED, 0
        (folder() / file).unlink(missing_ok=True)
    old = (now() - ORPHANED_AFTER).timestamp()
    lying = [path for path in folder().iterdir() if path.stat().st_mtime < old]
    in_use = queries.files_in_use() if lying else set()
    for path in lying:
        if path.name not in in_use:
            path.unlink(missing_ok=True)


def throw_away_all() -> None:
    """Delete every archive that exists; half-made ones are made anew. For when words must be in no file any more."""
    query = select(DataExport.id).where(DataExport.file != "")
    for export_id in db.session.scalars(query).all():
        with transaction():
            export = locked(DataExport, export_id)
            if export is None or not export.file:
                continue
            file, export.file, export.size = export.file, "", 0
            export.state = State.OWED if export.state == State.WORKING else State.EXPIRED
        (folder() / file).unlink(missing_ok=True)
