"""The draw: one in twenty of last week's decisions, at most ten. Nobody can know it before, and it can be redone."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from forum.core.database import db, now, transaction
from forum.core.jobs import sweeper
from moderation.appeals.models import Appeal
from moderation.models import Case, Decision, Kind, Source
from moderation.second.models import SecondLook
from moderation.transparency.queries import last_of

ONE_IN = 20
MOST = 10  # a week: some minutes of work for all moderators together


def draw(ids: Iterable[int], seed: str) -> list[int]:
    """Return one in ONE_IN of the ids (rounded up), at most MOST: those with the least hashes of seed and id."""
    ranked = sorted(ids, key=lambda each: hashlib.sha256(f"{seed}:{each}".encode()).digest())
    return sorted(ranked[: min(MOST, math.ceil(len(ranked) / ONE_IN))])


@sweeper
def draw_last_week() -> None:
    """Draw among the decisions of the week that is over, once. Slips that were taken back are no decisions.

    The seed is the seal of the week's last row in the public log: before the week's end nobody knows it, and
    afterwards everybody can see that nobody chose.
    """
    end = monday(now())
    start = end - timedelta(weeks=1)
    if _is_drawn(start) or not _decided(start, end):
        return
    with transaction() as session:
        last = last_of(start, end)
        if _is_drawn(start) or last is None:
            return
        deciders = _decided(start, end)
        session.add_all(
            SecondLook(decision_id=each, first_decider_id=deciders[each], week=start)
            for each in draw(deciders, seed=last[1])
        )


def monday(moment: datetime) -> datetime:
    """Return the beginning of the moment's week, in UTC."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return day - timedelta(days=day.weekday())


def _is_drawn(week: datetime) -> bool:
    return db.session.scalar(select(SecondLook.id).where(SecondLook.week == week).limit(1)) is not None


def _decided(start: datetime, end: datetime) -> dict[int, int]:
    """Return the decisions between two moments of which there still is a text, with who took them.

    Not what was decided by answering an appeal: whoever did that was no first opinion, and had read one.
    """
    appealed = select(Appeal.id).where(Appeal.decision_id == Decision.id).exists()
    query = (
        select(Decision.id, Decision.decider_id)
        .join(Case, Case.id == Decision.case_id)
        .where(Decision.decided_at >= start, Decision.decided_at < end)
        .where(Case.kind == Kind.POST, Case.source != Source.APPEAL, Case.frozen_body != "")
        .where(Decision.reversed_at.is_(None) | appealed)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}
