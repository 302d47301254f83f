"""What is forgotten of reading: days that count for no level any more, places in threads that have been quiet for long.

The worker walks through both tables by their keys, a step at each sweep, so that no index is needed for it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, delete, select, tuple_

from forum.accounts.models import User
from forum.config import UNREAD_FOR
from forum.core.database import Base, db, now, transaction
from forum.core.jobs import sweeper
from forum.threads.models import Thread
from forum.trust.models import ReadingDay, ThreadRead
from forum.trust.policy import LASTING

STEP = 1_000  # rows looked at in one sweep
PLACES_KEPT = timedelta(days=365)  # in threads that were read to their end and are quiet

_up_to: dict[type[Base], tuple[Any, ...]] = {}  # how far this process has come; behind the last row it begins anew


def begin_anew() -> None:
    """Begin at the first row again."""
    _up_to.clear()


@sweeper
def prune_reading() -> None:
    """Look at the next rows of both tables and delete those that nothing needs."""
    window = current_app.config["TRUST"]["3_WINDOW_DAYS"]
    _step(ReadingDay, _counts_no_more(window))
    _step(ThreadRead, _says_nothing(window))


def _counts_no_more(window: int) -> ColumnElement[bool]:
    """Days before the window of people whose level rests on the window alone; others are still weighed by all days."""
    settled = select(User.id).where(User.trust_level >= LASTING)
    return (ReadingDay.day < (now() - timedelta(days=window + 1)).date()) & ReadingDay.user_id.in_(settled)


def _says_nothing(window: int) -> ColumnElement[bool]:
    """Places at the end of quiet threads: without its row such a thread is as read, and as unread once it goes on.

    Only where to go on is lost with it, and that the thread was opened, which counts within the window.
    """
    kept = max(PLACES_KEPT, timedelta(days=window + 1))
    at_the_end = select(Thread.id).where(
        Thread.id == ThreadRead.thread_id,
        Thread.last_position <= ThreadRead.position,
        Thread.last_post_at < now() - UNREAD_FOR,
    )
    return (ThreadRead.read_at < now() - kept) & at_the_end.exists()


def _step(model: type[Base], is_over: ColumnElement[bool]) -> None:
    key = tuple_(*model.__table__.primary_key)
    columns, after = list(model.__table__.primary_key), _up_to.pop(model, None)
    query = select(*columns).order_by(*columns).limit(STEP)
    rows = db.session.execute(query.where(key > after) if after else query).all()
    if not rows:
        return
    first, last = tuple(rows[0]), tuple(rows[-1])
    here = (key >= first) & (key <= last)
    if db.session.execute(select(columns[0]).where(here, is_over).limit(1)).first():
        with transaction() as session:
            session.execute(delete(model).where(here, is_over), execution_options={"synchronize_session": False})
    if len(rows) == STEP:
        _up_to[model] = last
