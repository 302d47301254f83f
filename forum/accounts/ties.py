"""Muting and blocking: what one person keeps from another. The other never learns of it: their pages stay the same.

"mute" collapses the other's posts and keeps their posts from causing notices; "block" also keeps them from writing
messages. Nobody keeps moderators from moderating: decisions are told, and their messages arrive.
"""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, delete, exists, func, literal_column, select

from forum.accounts.models import Role, Tie, User
from forum.config import TIES_MOST
from forum.core.database import db, locked, now, transaction
from forum.core.errors import NotFound, Refused


class Kind(enum.StrEnum):
    """How somebody is kept away; NONE ends it."""

    MUTE = "mute"
    BLOCK = "block"
    NONE = "none"


def keep(other: User, kind: str, by: User) -> bool:
    """Mute or block `other`, or end it; return whether anything changed.

    Raises Refused for an unknown kind, for oneself, and beyond TIES_MOST people.
    """
    if kind not in set(Kind):
        raise Refused(_l("Choose whether to mute, to block or neither."))
    if other.id == by.id:
        raise Refused(_l("You can't keep yourself away."))
    user_id, other_id = by.id, other.id
    with transaction() as session:
        if locked(User, user_id) is None:  # also lets two requests of one person take turns
            raise NotFound
        tie = session.get(Tie, (user_id, other_id), populate_existing=True)
        if kind == Kind.NONE:
            return _end(user_id, other_id) if tie else False
        if tie is None:
            _check_room(user_id)
            session.add(Tie(user_id=user_id, other_id=other_id, kind=kind, created_at=now()))
            return True
        changed = tie.kind != kind
        tie.kind = kind
        return changed


def _end(user_id: int, other_id: int) -> bool:
    db.session.execute(delete(Tie).where(Tie.user_id == user_id, Tie.other_id == other_id))
    return True


def _check_room(user_id: int) -> None:
    number = db.session.scalar(select(func.count()).select_from(Tie).where(Tie.user_id == user_id)) or 0
    if number >= TIES_MOST:
        raise Refused(_l("You keep %(most)s people away already. Let somebody near again first.", most=TIES_MOST))


def among(user_id: int, other_ids: Collection[int]) -> dict[int, str]:
    """Return whom of `other_ids` the person keeps away, and how; in one statement."""
    if not other_ids:
        return {}
    query = select(Tie.other_id, Tie.kind).where(Tie.user_id == user_id, Tie.other_id.in_(other_ids))
    return {row.other_id: row.kind for row in db.session.execute(query)}


def blocks(user_id: int | None, other_id: Any) -> ColumnElement[bool]:
    """Return the condition that the person blocks whomever a statement's column `other_id` names."""
    return exists().where(Tie.user_id == user_id, Tie.other_id == other_id, Tie.kind == literal_column("'block'"))


def deaf_to(actor_id: int, user_ids: Collection[int]) -> set[int]:
    """Return those of `user_ids` who want to hear nothing from `actor_id`; in one statement."""
    if not user_ids:
        return set()
    return set(db.session.scalars(select(Tie.user_id).where(Tie.other_id == actor_id, Tie.user_id.in_(user_ids))))


def keeps_away(user_id: int, other_id: int) -> bool:
    """Whether `user_id` blocks `other_id`, who then starts no talk with them; moderators can't be kept away."""
    query = (
        select(Tie.user_id)
        .join(User, User.id == Tie.other_id)
        .where(Tie.user_id == user_id, Tie.other_id == other_id, Tie.kind == Kind.BLOCK, User.role == Role.NETIZEN)
    )
    return db.session.scalar(query) is not None


def blocks_among(user_ids: Collection[int]) -> set[tuple[int, int]]:
    """Return the pairs among these people of whom the first blocks the second, by the rule of `keeps_away`."""
    query = (
        select(Tie.user_id, Tie.other_id)
        .join(User, User.id == Tie.other_id)
        .where(Tie.user_id.in_(user_ids), Tie.other_id.in_(user_ids), Tie.kind == Kind.BLOCK, User.role == Role.NETIZEN)
    )
    return {(row.user_id, row.other_id) for row in db.session.execute(query)}


def of(user_id: int) -> Sequence[tuple[Tie, User]]:
    """Return whom the person keeps away, the latest first; TIES_MOST at most."""
    query = select(Tie, User).join(User, User.id == Tie.other_id).where(Tie.user_id == user_id)
    rows = db.session.execute(query.order_by(Tie.created_at.desc(), Tie.other_id).limit(TIES_MOST))
    return [(tie, user) for tie, user in rows]
