"""What the worker forgets: accounts whose address was never confirmed; and what belongs to one account alone."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Column, delete, literal_column, select, update
from sqlalchemy.exc import IntegrityError

from forum.accounts.models import Invitation, Standing, Tie, User
from forum.core.database import db, locked, now, transaction
from forum.core.jobs import sweeper

UNCONFIRMED_KEPT = timedelta(days=7)
SECONDS = 5.0  # for which one sweep forgets: other sweepers wait for their turn
_AT_ONCE = 50
# What says something about others or is a record: whoever has such rows is not forgotten.
_RECORDS = frozenset({"role_grants", "credentials", "strikes"})

log = logging.getLogger(__name__)


class _Swept:
    """How far this process has come: accounts that can't be forgotten don't keep the others from their turn."""

    after = 0


@sweeper
def forget_unconfirmed() -> None:
    """Delete accounts that nobody confirmed within 7 days, unless they wrote something (an import, a past mode)."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        found = _old(_Swept.after)
        for user_id in found:
            _try_to_forget(user_id)
        _Swept.after = found[-1] if len(found) == _AT_ONCE else 0
        if not _Swept.after:
            return


def _old(after: int) -> list[int]:
    # with the condition of the partial index word for word: SQLite takes it for nothing less
    unconfirmed: Any = literal_column("users.standing IN ('unconfirmed', 'waiting') AND users.standing = 'unconfirmed'")
    old = select(User.id).where(unconfirmed, User.id > after, User.created_at <= now() - UNCONFIRMED_KEPT)
    return list(db.session.scalars(old.order_by(User.id).limit(_AT_ONCE)).all())


def _try_to_forget(user_id: int) -> None:
    try:
        forget_account(user_id)
    except IntegrityError:  # something of theirs stands elsewhere: the account stays, and stays unconfirmed
        log.info("account %s was never confirmed, but something refers to it", user_id)
    except Exception:  # whatever it is, it keeps nobody else from being forgotten
        log.exception("account %s was never confirmed and can't be forgotten", user_id)


def forget_account(user_id: int) -> bool:
    """Delete an account that nobody has confirmed, and what belongs to it alone; joins the caller's transaction.

    Return whether it was one. Raises IntegrityError when something of theirs stands elsewhere.
    """
    with transaction() as session:
        person = locked(User, user_id)
        if person is None or person.standing != Standing.UNCONFIRMED or person.role != "netizen":
            return False
        forget_belongings(user_id)
        session.execute(delete(User).where(User.id == user_id))
    return True


def forget_belongings(user_id: int, stay: Collection[str] = ()) -> None:
    """Delete every row whose column `user_id` names the account, and what others set about it; joins the transaction.

    Records stay, and the tables named in `stay`.
    """
    with transaction() as session:
        session.execute(update(Invitation).where(Invitation.used_by_id == user_id).values(used_by_id=None))
        session.execute(delete(Tie).where(Tie.other_id == user_id))
        for column in _belongings():
            if column.table.name not in stay:
                session.execute(delete(column.table).where(column == user_id))


def _belongings() -> Iterator[Column[Any]]:
    """Yield every table's column `user_id`, whichever room it is of: a new one must not keep accounts for ever.

    The tables that others refer to come last.
    """
    for table in reversed(db.metadata.sorted_tables):
        column = table.c.get("user_id")
        if column is not None and table.name not in _RECORDS and column.references(User.__table__.c.id):
            yield column
