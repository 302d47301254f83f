"""Reading bulk acts."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from forum.core.database import db, now
from forum.core.paging import LARGEST_ID
from moderation.bulk.models import BulkAct
from moderation.models import Decision

HOUR = timedelta(hours=1)


def act(act_id: int) -> BulkAct | None:
    """Return the bulk act with its maker, or None."""
    if not 0 < act_id <= LARGEST_ID:
        return None
    return db.session.scalar(select(BulkAct).where(BulkAct.id == act_id).options(joinedload(BulkAct.maker)))


def asked_lately(maker_id: int) -> int:
    """Return about how many cases the person asked to decide by bulk acts within the last hour."""
    query = select(func.sum(BulkAct.asked)).where(BulkAct.maker_id == maker_id, BulkAct.made_at > now() - HOUR)
    return int(db.session.scalar(query) or 0)


def standing_decisions(act_id: int) -> list[int]:
    """Return the ids of its decisions that nobody has taken back."""
    query = select(Decision.id).where(Decision.bulk_id == act_id, Decision.reversed_at.is_(None))
    return list(db.session.scalars(query.order_by(Decision.id)))
