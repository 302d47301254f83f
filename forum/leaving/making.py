"""The worker makes archives, and throws them away after their time. One that died is found by `touched_at`."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from forum.accounts.models import User
from forum.core.database import db, locked, now, transaction
from forum.core.errors import FilesAway
from forum.core.jobs import Seldom, job, slow_sweeper, sweeper
from forum.leaving import archive, queries
from forum.leaving.models import DataExport, State
from forum.mail.actions import owe
from forum.store.interface import Store
from forum.store.moving import DRAFT
from forum.store.shelves import folder_shelf, shelf

log = logging.getLogger(__name__)
KEPT = timedelta(hours=48)
ATTEMPTS = 3  # by makers that died: it may be what kills them
ORPHANED_AFTER = timedelta(hours=1)  # what lies there longer than this and belongs to no row is thrown away
SLOWEST = 1_000_000  # bytes a second at which an archive is carried to a bucket, at least


class Superseded(Exception):
    """Another maker has taken this archive over, or the account is gone: this one stops."""


def archives() -> Store:
    """Return the shelf of archives, which only the forum itself can read."""
    return shelf("exports")


def _draft_of(file: str) -> Path:
    """Return where this machine writes an archive before it is put on the shelf."""
    return folder_shelf("exports").draft(file)


@job
def make_archive(export_id: int) -> None:
    """Make an archive that is owed, or begun by a maker that died; harmless to repeat."""
    export = _claim(export_id)
    person = db.session.get(User, export.user_id) if export else None
    if export is None or person is None:
        return
    file = export.file
    draft = _draft_of(file)
    try:
        archives().open(file)  # nothing; but a bucket that is away says so before all the work
        size = archive.write(person, draft, lambda done: _touch(export_id, file, done=done))
        _touch(export_id, file, touched_at=now() + timedelta(seconds=size / SLOWEST))  # it can't say so on its way
        archives().put(file, draft)
        _ready(export_id, file, size)
    except Superseded:
        archives().delete(file)
    except FilesAway as error:
        log.warning("archive %s is made anew by the next sweep: %s", export_id, error.orig)
        db.session.rollback()
        _settle(export_id, file, state=State.OWED, file="", attempts=DataExport.attempts - 1)
    except Exception:
        log.exception("archive %s can't be made", export_id)
        db.session.rollback()
        _settle(export_id, file, state=State.FAILED, file="")
    finally:
        draft.unlink(missing_ok=True)


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
            update(DataExport).where(mine).values(**{"touched_at": now(), **facts}),
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
    """Delete the files of archives whose time is over."""
    for export_id in queries.over():
        with transaction():
            export = locked(DataExport, export_id)
            if export is None or export.state != State.READY:
                continue
            file, export.file, export.state, export.size = export.file, "", State.EXPIRED, 0
        archives().delete(file)


_sweep = Seldom(timedelta(hours=1))  # it goes through all files


@slow_sweeper
def sweep_left_behind() -> None:
    """Delete once an hour what a crash left behind."""
    if _sweep.is_due():
        remove_nameless(now() - ORPHANED_AFTER)


def remove_nameless(before: datetime | None = None) -> None:
    """Delete files, drafts too, that belong to no archive which is being made or can be fetched: all, or older ones.

    The row is asked after the files were listed, and it names a file before that is written.
    """
    for place in (archives(), folder_shelf("exports")):
        lying = [each.name for each in place.entries() if before is None or each.at < before]
        in_use = queries.files_in_use() if lying else set()
        for name in lying:
            if name.removeprefix(DRAFT) not in in_use:
                place.delete(name)


def throw_away_all() -> None:
    """Delete every archive that exists; half-made ones are made anew. For when words must be in no file any more.

    What belongs to no row goes too, whoever left it: a store that was away when it should have deleted it.
    """
    query = select(DataExport.id).where(DataExport.file != "")
    for export_id in db.session.scalars(query).all():
        with transaction():
            export = locked(DataExport, export_id)
            if export is None or not export.file:
                continue
            export.file, export.size = "", 0
            export.state = State.OWED if export.state == State.WORKING else State.EXPIRED
    remove_nameless()
