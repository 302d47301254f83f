"""The readers of archives and of accounts that leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import literal_column, or_, select

from forum.accounts import queries as people
from forum.accounts.models import Role, User
from forum.core.database import db, now
from forum.leaving.models import DataExport, State

STALE = timedelta(minutes=2)  # a maker says every few hundred things that it lives: after this it is dead
# literals, so that the partial index serves them on SQLite too
_UNMADE = DataExport.state.in_([literal_column("'owed'"), literal_column("'working'")])


def latest(user_id: int) -> DataExport | None:
    """Return the archive that the person asked for last, whatever became of it, or None."""
    query = select(DataExport).where(DataExport.user_id == user_id).order_by(DataExport.id.desc()).limit(1)
    return db.session.scalar(query)


def open_one(user_id: int) -> DataExport | None:
    """Return the person's archive that is not made yet, or None."""
    return db.session.scalar(select(DataExport).where(DataExport.user_id == user_id, _UNMADE).limit(1))


def fetchable(export_id: int, user_id: int) -> DataExport | None:
    """Return the person's own archive if it can be fetched now, or None."""
    found = db.session.get(DataExport, export_id)
    mine = found is not None and found.user_id == user_id
    return found if mine and is_fetchable(found) else None


def is_fetchable(export: DataExport | None) -> bool:
    """Whether the archive is there, and its time is not over."""
    if export is None or export.state != State.READY or export.expires_at is None:
        return False
    return export.expires_at > now()


def oldest_unmade() -> int | None:
    """Return the oldest archive that nobody has begun, or whose maker died, or None."""
    dead = DataExport.touched_at <= now() - STALE
    query = select(DataExport.id).where(_UNMADE, or_(DataExport.state == State.OWED, dead))
    return db.session.scalar(query.order_by(DataExport.id).limit(1))


def over() -> Sequence[int]:
    """Return archives whose time to be fetched is over."""
    query = select(DataExport.id).where(DataExport.state == State.READY, DataExport.expires_at <= now())
    return db.session.scalars(query.order_by(DataExport.expires_at).limit(100)).all()


def files_in_use() -> set[str]:
    """Return the names of the files of archives that are being made or can be fetched."""
    query = select(DataExport.file).where(DataExport.state.in_((State.WORKING, State.READY)))
    return set(db.session.scalars(query))


def due() -> Sequence[int]:
    """Return accounts whose days of grace are over, or whose deletion a crash interrupted, 500 at most.

    While no administrator would remain, those who leave are left out: they wait, and would stand before all others.
    """
    query = select(User.id).where(User.leaving_at.is_not(None), User.leaving_at <= now())
    if not people.admin_remains():
        query = query.where(User.role != Role.ADMIN)
    return db.session.scalars(query.order_by(User.leaving_at).limit(500)).all()


def waiting_admins() -> Sequence[User]:
    """Return administrators whose deletion is due, and waits because none would remain."""
    if people.admin_remains():
        return []
    query = select(User).where(User.leaving_at.is_not(None), User.leaving_at <= now(), User.role == Role.ADMIN)
    return db.session.scalars(query.order_by(User.leaving_at).limit(20)).all()
