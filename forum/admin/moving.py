"""Moving the rows that name a person over to the account that stays, some of each kind at a time."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Table, and_, delete, exists, func, select, tuple_, update

from forum.accounts import records
from forum.accounts.models import Tie
from forum.admin.belongings import KINDS
from forum.admin.fates import Fate, Kind
from forum.answers.models import ExpertInvitation
from forum.core.database import db
from forum.credentials.models import Application
from forum.experts.models import Credential

STEP = 1_000  # rows of a kind that one transaction moves


def columns() -> dict[str, Any]:
    """Return every column of the forum that names a person, as "table.column"."""
    found = {}
    for table in db.metadata.sorted_tables:
        for column in table.c:
            if any(key.column.table.name == "users" for key in column.foreign_keys):
                found[f"{table.name}.{column.name}"] = column
    return found


def counted(user_id: int) -> list[tuple[Any, int]]:
    """Return (words, number) of everything with a name that would move or end."""
    known = columns()
    rows = [(kind.words, known[name]) for name, kind in KINDS.items() if kind.words and name in known]
    return [(words, _count(column, user_id)) for words, column in rows]


def _count(column: Any, user_id: int) -> int:
    return db.session.scalar(select(func.count()).select_from(column.table).where(column == user_id)) or 0


def move_some(gone_id: int, kept_id: int) -> bool:
    """Move or end at most STEP rows of each kind, in the caller's transaction; return whether anything is left.

    Harmless to repeat and to kill: what has moved is found no more.
    """
    known = columns()
    left = [
        _step(known[name], kind, gone_id, kept_id)
        for name, kind in KINDS.items()
        if kind.fate != Fate.STAYS and name in known
    ]
    _end_with_oneself(gone_id, kept_id)
    for count in records.recounters:
        count(kept_id)
    return any(left)


def _end_with_oneself(gone_id: int, kept_id: int) -> None:
    """End what was between the two: nobody blocks, invites, or verifies themselves.

    What the account that is given up decided about the other's credentials becomes nobody's act; the reverse is said
    in KINDS.
    """
    db.session.execute(delete(Tie).where(Tie.user_id == kept_id, Tie.other_id == kept_id))
    own = ExpertInvitation.inviter_id == kept_id, ExpertInvitation.expert_id == kept_id
    db.session.execute(delete(ExpertInvitation).where(*own))
    for column in (Credential.granted_by_id, Credential.revoked_by_id, Application.decided_by_id):
        theirs = column.class_.user_id == kept_id, column == gone_id
        db.session.execute(update(column.class_).where(*theirs).values({column.key: None}))


def _step(column: Any, kind: Kind, gone_id: int, kept_id: int) -> bool:
    table: Table = column.table
    key = list(table.primary_key.columns)
    ids = db.session.execute(select(*key).where(column == gone_id).limit(STEP)).all()
    if not ids:
        return False
    some = tuple_(*key).in_([tuple(row) for row in ids])
    if kind.fate == Fate.ENDS:
        db.session.execute(delete(table).where(some))
        return len(ids) == STEP
    if kind.unless:
        other = table.alias()
        same = [other.c[name] == table.c[name] for name in kind.unless]
        same += [side.c[name] == value for side in (other, table) for name, value in (kind.among or {}).items()]
        has = exists().where(and_(other.c[column.name] == kept_id, *same))
        if kind.joined:
            _join(column, kind, gone_id, kept_id)
        db.session.execute(delete(table).where(some, has))
    also = {name: value(kept_id) for name, value in (kind.also or {}).items()}
    db.session.execute(update(table).where(some).values({column.name: kept_id, **also}))
    return len(ids) == STEP


def _join(column: Any, kind: Kind, gone_id: int, kept_id: int) -> None:
    """Give rows that stay what the other account's rows, which end now or in a later step, have to add.

    Done for all of them at once, and again in each step: the same rows joined twice are as joined once.
    """
    table: Table = column.table
    other = table.alias()
    same = and_(other.c[column.name] == gone_id, *(other.c[name] == table.c[name] for name in kind.unless))
    values = {
        name: select(join(table.c[name], other.c[name])).where(same).scalar_subquery()
        for name, join in (kind.joined or {}).items()
    }
    db.session.execute(update(table).where(column == kept_id, exists().where(same)).values(values))
