"""Writing down the figures of each month: the worker counts a month up to this day's beginning, and anew when asked."""

from __future__ import annotations

from sqlalchemy import update

from forum.core.database import transaction
from moderation.transparency.models import ReportMonth


def count_again(_user_id: int = 0) -> None:
    """Let the worker count every month anew; joins the caller's transaction. After a merge, in which a flag may end."""
    with transaction() as session:
        session.execute(update(ReportMonth).values(is_due=True))
