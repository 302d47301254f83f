"""Writing down the figures of each month: the worker counts a month up to this day's beginning, and anew when asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update

from forum.core.database import db, now, transaction
from forum.core.jobs import sweeper
from moderation.models import Case
from moderation.transparency.counting import MOVING, figures
from moderation.transparency.models import ReportFigure, ReportMonth
from moderation.transparency.queries import bounds_of, month_of

AT_ONCE = 3  # months that one sweep counts: after an update all are due, and other work waits as well


@sweeper
def count_months() -> None:
    """Count what is due: each month up to the beginning of this day in UTC, so once a day; a finished month once.

    By whole days: whoever reads the page every minute can't tell one flag from the next.
    """
    for month, until in list(_due())[:AT_ONCE]:
        count(month, until)


def _due() -> Iterator[tuple[str, datetime]]:
    today = now().replace(hour=0, minute=0, second=0, microsecond=0)
    first = _first_moment()
    if first is None:
        return
    counted = {row.month: row for row in db.session.scalars(select(ReportMonth))}
    month = month_of(first)
    while bounds := bounds_of(month):
        start, end = bounds
        until = min(end, today)
        row = counted.get(month)
        if until > max(start, first) and (row is None or row.is_due or row.until != until):
            yield month, until
        if end > today:
            return
        month = month_of(end)


def _first_moment() -> datetime | None:
    """Return when the first case was opened, with which everything begins (a flag opens one)."""
    return db.session.scalar(select(func.min(Case.opened_at)))


def count(month: str, until: datetime) -> None:
    """Count the month "2026-11" up to `until` (not included) and write its figures down in place of former ones."""
    bounds = bounds_of(month)
    assert bounds is not None
    with transaction() as session:
        session.execute(delete(ReportFigure).where(ReportFigure.month == month))
        session.execute(delete(ReportMonth).where(ReportMonth.month == month))
        session.add(ReportMonth(month=month, until=until, is_due=False))
        found = figures(bounds[0], until)
        if found:
            rows = [
                {"month": month, "figure": figure, "part": part, "value": value, "amount": amount}
                for (figure, part, value), amount in found.items()
            ]
            session.execute(insert(ReportFigure), rows)


def count_again(_user_id: int = 0) -> None:
    """Let the worker count every month anew; joins the caller's transaction. After a merge, in which a flag may end."""
    with transaction() as session:
        session.execute(update(ReportMonth).values(is_due=True))


def count_days_again(*moments: datetime) -> None:
    """Let the worker count the months of these moments anew, as far as it has; joins the caller's transaction."""
    with transaction() as session:
        for moment in moments:
            counted = (ReportMonth.month == month_of(moment)) & (ReportMonth.until > moment)
            session.execute(update(ReportMonth).where(counted).values(is_due=True))


def faults(*, fix: bool = False) -> Iterator[str]:
    """Yield every month whose figures differ from a recount of the same days; with `fix` write them down anew.

    Place and language of a post may have changed since, so that figures by them are not compared.
    """
    db.session.rollback()
    for row in db.session.scalars(select(ReportMonth).order_by(ReportMonth.month)).all():
        bounds = bounds_of(row.month)
        if bounds is None or row.is_due:
            continue
        counted = _still(figures(bounds[0], row.until))
        stored = _still(
            {
                (each.figure, each.part, each.value): each.amount
                for each in db.session.scalars(select(ReportFigure).where(ReportFigure.month == row.month))
            }
        )
        if stored != counted:
            key = min(key for key in {*stored, *counted} if stored.get(key) != counted.get(key))
            where = " ".join(filter(None, key))
            yield f"report of {row.month}: {where} is {stored.get(key, 0):g}, counted {counted.get(key, 0):g}"
            if fix:
                count(row.month, row.until)


def _still(found: dict[tuple[str, str, str], float]) -> dict[tuple[str, str, str], float]:
    return {key: round(amount, 6) for key, amount in found.items() if key[1] not in MOVING}
