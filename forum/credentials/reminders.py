"""Holders are reminded 30 and 7 days before their credential ends, once each: owed by a column, sent by the sweep."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from forum.core.database import db, locked, now, transaction
from forum.core.jobs import each_or_log, sweeper
from forum.experts.actions import REMINDERS
from forum.experts.models import Credential
from forum.notifications.actions import tell

SWEEP_SIZE = 200
FIRST, LAST = REMINDERS


@sweeper
def remind_of_ends() -> None:
    """Tell every holder whose reminder is due. One that can't be told keeps no other from it."""
    each_or_log(remind, _due())


def remind(credential_id: int) -> bool:
    """Tell the holder that the credential ends, if that is owed now; return whether it was.

    A worker that was away for weeks tells once, of the nearer day. Two workers at once tell once: the row is locked.
    """
    with transaction():
        row = locked(Credential, credential_id)
        if row is None or row.revoked_at or row.valid_until is None or not row.in_force:
            return False
        left = (row.valid_until - now().date()).days
        if left <= LAST and row.reminded_7_at is None:
            row.reminded_7_at, days = now(), LAST
            row.reminded_30_at = row.reminded_30_at or now()
        elif left <= FIRST and row.reminded_30_at is None:
            row.reminded_30_at, days = now(), FIRST
        else:
            return False
        day = row.valid_until.isoformat()
        key = f"credential:{row.id}:ends:{day}:{days}"
        tell(row.user_id, "credential_ends", key, facts={"credential": row.id, "title": row.title, "until": day})
    return True


def _due() -> list[int]:
    """Return credentials that end soon and whose holder was not told yet, by their last day: a walk of one index."""
    today = now().date()
    first = Credential.reminded_30_at.is_(None) & (Credential.valid_until <= today + timedelta(days=FIRST))
    last = Credential.reminded_7_at.is_(None) & (Credential.valid_until <= today + timedelta(days=LAST))
    query = select(Credential.id).where(
        Credential.revoked_at.is_(None),
        Credential.reminded_7_at.is_(None),
        Credential.valid_until >= today,
        first | last,
    )
    return list(db.session.scalars(query.order_by(Credential.valid_until, Credential.id).limit(SWEEP_SIZE)))
