"""What the worker forgets: accounts whose address was never confirmed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, delete, literal_column, select, update
from sqlalchemy.exc import IntegrityError

from forum.accounts.models import Invitation, Standing, User
from forum.core.database import db, locked, now, transaction
from forum.core.jobs import sweeper

UNCONFIRMED_KEPT = timedelta(days=7)
_AT_ONCE = 200
# What says something about others or is a record: whoever has such rows is not forgotten.
_RECORDS = frozenset({"role_grants", "credentials", "strikes"})

log = logging.getLogger(__name__)


@sweeper
def forget_unconfirmed() -> None:
    """Delete accounts that nobody confirmed within 7 days, unless they wrote something (an import, a past mode)."""
    # with the condition of the partial index word for word: SQLite takes it for nothing less
    unconfirmed: Any = literal_column("users.standing IN ('unconfirmed', 'waiting') AND users.standing = 'unconfirmed'")
    old = select(User.id).where(unconfirmed, User.created_at <= now() - UNCONFIRMED_KEPT)
    for user_id in db.session.scalars(old.order_by(User.id).limit(_AT_ONCE)).all():
        try:
            _forget(user_id)
        except IntegrityError:  # something of theirs stands elsewhere: the account stays, and stays unconfirmed
            log.info("account %s was never confirmed, but something refers to it", user_id)


def _forget(user_id: int) -> None:
    """Delete the account and what belongs to it alone: every row whose column `user_id` names it."""
    with transaction() as session:
        person = locked(User, user_id)
        if person is None or person.standing != Standing.UNCONFIRMED or person.role != "netizen":
            return
        session.execute(update(Invitation).where(Invitation.used_by_id == user_id).values(used_by_id=None))
        for column in _belongings():
            session.execute(delete(column.table).where(column == user_id))
        session.execute(delete(User).where(User.id == user_id))


def _belongings() -> Iterator[Column[Any]]:
    """Yield every table's column `user_id`, whichever room it is of: a new one must not keep accounts for ever.

    The tables that others refer to come last.
    """
    for table in reversed(db.metadata.sorted_tables):
        column = table.c.get("user_id")
        if column is not None and table.name not in _RECORDS and column.references(User.__table__.c.id):
            yield column
