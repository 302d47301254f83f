"""What only moderators see: how many cases each of them decided week by week, and which case has waited longest."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select
from sqlalchemy.orm import defer

from forum.accounts.models import User
from forum.core.database import db, now
from moderation.models import Case, Decision
from moderation.transparency.counting import was_undone

WEEKS = 8  # with the present one


@dataclass(frozen=True)
class Load:
    """One moderator's decisions on cases, for each of the weeks that `weeks()` returns, and their sum."""

    person: User
    counts: list[int]

    @property
    def total(self) -> int:
        """The sum of all weeks."""
        return sum(self.counts)


def weeks() -> list[date]:
    """Return the Mondays (UTC) with which the latest WEEKS weeks begin, oldest first."""
    monday = _monday().date()
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def _monday() -> datetime:
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=today.weekday())


def loads() -> list[Load]:
    """Return who decided cases in the latest WEEKS weeks, most first; one statement, over the index of these weeks.

    What was taken back as a slip counts nowhere, as in the report.
    """
    starts = [_monday() - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    sums = [
        func.sum(
            case(((Decision.decided_at >= start) & (Decision.decided_at < start + timedelta(weeks=1)), 1), else_=0)
        )
        for start in starts
    ]
    counted = (
        select(Decision.decider_id, *(each.label(f"week{number}") for number, each in enumerate(sums)))
        .where(Decision.decided_at >= starts[0], ~was_undone())
        .group_by(Decision.decider_id)
        .subquery()
    )
    rows = db.session.execute(select(User, counted).join(counted, counted.c.decider_id == User.id)).all()
    found = [Load(row[0], [int(count) for count in row[2:]]) for row in rows]
    return sorted(found, key=lambda load: (-load.total, load.person.username))


def longest_waiting() -> Case | None:
    """Return the open case that was opened first, or None."""
    query = select(Case).where(Case.decided_at.is_(None)).order_by(Case.opened_at, Case.id).limit(1)
    return db.session.scalar(query.options(defer(Case.frozen_body), defer(Case.frozen_html)))
