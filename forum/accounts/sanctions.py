"""What keeps somebody out or silent until a moment: longer by an order, shorter when the order is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from forum.accounts import policy
from forum.accounts.models import User
from forum.core import security_log
from forum.core.database import locked, now, transaction
from forum.core.errors import Forbidden, NotFound, Refused


@dataclass(frozen=True)
class Sanction:
    """One kind: the column of users that says until when, its event in the security log, and the words that refuse."""

    column: str
    event: str
    past: Any
    not_yours: Any
    not_yours_to_end: Any

    def impose(self, user: User, until: datetime, by: User | None) -> bool:
        """Let it last until `until`, unless it lasts longer anyway; return whether that changed it.

        Joins the caller's transaction; the decision that orders it writes the audit row. Raises Forbidden for oneself
        and for staff above, Refused for a moment that has passed.
        """
        if until <= now():
            raise Refused(self.past)
        with transaction():
            person, actor = locked_pair(user, by)
            if not policy.may_suspend(actor, person):
                raise Forbidden(self.not_yours)
            former = getattr(person, self.column)
            setattr(person, self.column, policy.longer(former, until))
            security_log.note_after_commit(self.event, person.id, by=actor.id if actor else None)
            return bool(former != getattr(person, self.column))

    def shorten(self, user: User, until: datetime | None, by: User | None) -> bool:
        """Let it end at `until`, or at once (None); return whether that made it shorter.

        Joins the caller's transaction; whoever takes a decision back writes the audit row. Raises Forbidden for one's
        own and for staff above.
        """
        with transaction():
            person, actor = locked_pair(user, by)
            if not policy.may_lift(actor, person):
                raise Forbidden(self.not_yours_to_end)
            former = getattr(person, self.column)
            if former is None or (until is not None and until >= former):
                return False
            setattr(person, self.column, until)
            return True


def locked_pair(user: User, by: User | None) -> tuple[User, User | None]:
    """Lock both rows in the order of their ids, so that two who act on each other wait instead of deadlock."""
    ids = sorted({user.id} | ({by.id} if by else set()))
    rows: dict[int, Any] = {row_id: locked(User, row_id) for row_id in ids}
    person, actor = rows[user.id], rows[by.id] if by else None
    if person is None or (by and actor is None):
        raise NotFound
    return person, actor
