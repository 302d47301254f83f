"""The readers of archives and of accounts that leave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import literal_column, or_, select

from forum.accounts.models import Role, User
from forum.core.database import db, now
from forum.leaving.models import DataExport, State

STALE = timedelta(minutes=2)  # a maker says every few hundred things that it lives: after this it is dead
# literals, so that the partial index serves them on SQLite too
_UNMADE = DataExport.state.in_([literal_column("'owed'"), literal_column("'working'")])
HAS_ROLE = User.role != literal_column("'netizen'")


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


def unmade() -> Sequence[int]:
    """Return archives that nobody has begun, or whose maker died, oldest first."""
    dead = DataExport.touched_at <= now() - STALE
    query = select(DataExport.id).where(_UNMADE, or_(DataExport.state == State.OWED, dead))
    return db.session.scalars(query.order_by(DataExport.id).limit(20)).all()


def over() -> Sequence[int]:
    """Return archives whose time to be fetched is over."""
    query = select(DataExport.id).where(DataExport.state == State.READY, DataExport.expires_at <= now())
    return db.session.scalars(query.order_by(DataExport.expires_at).limit(100)).all()


def files_in_use() -> set[str]:
    """Return the names of the files of archives that are being made or can be fetched."""
    query = select(DataExport.file).where(DataExport.state.in_((State.WORKING, State.READY)))
    return set(db.session.scalars(query))


def due() -> Sequence[int]:
    """Return accounts whose days of grace are over, or whose deletion a crash interrupted."""
    query = select(User.id).where(User.leaving_at.is_not(None), User.leaving_at <= now())
    return db.session.scalars(query.order_by(User.leaving_at).limit(20)).all()


def is_last_admin(person: User) -> bool:
    """Whether nobody would administer the forum without this person; whoever is leaving does not count."""
    if not person.is_admin:
        return False
    others = select(User.id).where(HAS_ROLE, User.role == Role.ADMIN, User.id != person.id, User.leaving_at.is_(None))
    return db.session.scalar(others.limit(1)) is None
