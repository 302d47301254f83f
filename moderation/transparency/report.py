"""The transparency report as it is published: the counted figures of a month after suppression. One for all formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from forum.core.database import db
from moderation.appeals.models import State
from moderation.transparency.counting import UPHELD
from moderation.transparency.models import ReportFigure, ReportMonth
from moderation.transparency.suppression import Cells, breakdown, total

TREND = 12  # months beside each other on the page
MONTHS_MOST = 240  # months in a file
COUNTED = {  # what is counted, and by what it is told apart
    "flags": ("rule", "subtheme", "language"),
    "opened": ("source", "subtheme", "language"),
    "decided": ("verdict", "source", "subtheme", "language"),
    "upheld": ("outcome", "rule"),
    "appeals": ("verdict", "subtheme", "language"),
    "answered": ("answer",),
    "confirmed": ("subtheme", "language"),
    "overturned": ("subtheme", "language"),
}
# A figure that is one cell of another's breakdown: its sum is shown only where it is shown there.
CELL_OF = {
    "upheld": ("decided", "verdict", UPHELD),
    "confirmed": ("answered", "answer", str(State.UPHELD)),
    "overturned": ("answered", "answer", str(State.OVERTURNED)),
}
HOURS = ("median", "p90")
RATE = "overturn_rate"
RATED = ("subtheme", "language")


@dataclass(frozen=True)
class Month:
    """A month as everybody may see it: sums, breakdowns (None: withheld), hours to the decision (None: too few).

    `rates` are shares (0 to 1) of the answered appeals that overturned a decision, by part and value; None where one
    of the two numbers that it is made of is withheld, so that no rate says more than they do.
    """

    month: str
    until: datetime
    sums: dict[str, int | None]
    parts: dict[tuple[str, str], Cells | None]
    hours: dict[tuple[str, str], float | None]
    rates: dict[tuple[str, str], float | None]

    def rows(self) -> Iterator[tuple[str, str, str, float | None]]:
        """Yield everything as rows: figure, by what, which, amount; a breakdown withheld as a whole is one row."""
        for figure, amount in self.sums.items():
            yield figure, "", "", amount
            for part in COUNTED[figure]:
                cells = self.parts[(figure, part)]
                for value, cell in (cells if cells is not None else {"": None}).items():
                    yield figure, part, value, cell
        for (figure, value), hours in self.hours.items():
            yield figure, "source" if value else "", value, hours
        for (part, value), rate in self.rates.items():
            yield RATE, part, value, rate


def published(month: ReportMonth, figures: Sequence[ReportFigure]) -> Month:
    """Return what may be published of the figures of one month."""
    amounts = {(row.figure, row.part, row.value): row.amount for row in figures}
    sums = {figure: total(int(amounts.get((figure, "", ""), 0))) for figure in COUNTED}
    parts: dict[tuple[str, str], Cells | None] = {}
    for figure, kinds in COUNTED.items():
        for part in kinds:
            if figure in CELL_OF:
                whole, by, value = CELL_OF[figure]
                cells_there = parts[(whole, by)]
                sums[figure] = cells_there.get(value, 0) if cells_there is not None else None
            cells = {
                value: int(amount) for (name, by, value), amount in amounts.items() if (name, by) == (figure, part)
            }
            parts[(figure, part)] = breakdown(cells, sums[figure])
    return Month(month.month, month.until, sums, parts, _hours(amounts, sums, parts), _rates(sums, parts))


def _hours(
    amounts: dict[tuple[str, str, str], float],
    sums: dict[str, int | None],
    parts: dict[tuple[str, str], Cells | None],
) -> dict[tuple[str, str], float | None]:
    """Return median and 90th percentile, to a tenth of an hour, where their number of decisions is published too."""
    by_source = parts[("decided", "source")] or {}
    found: dict[tuple[str, str], float | None] = {}
    for figure in HOURS:
        for source, count in {"": sums["decided"], **by_source}.items():
            hours = amounts.get((figure, "source" if source else "", source))
            found[(figure, source)] = None if not count or hours is None else round(hours, 1)
    return found


def _rates(
    sums: dict[str, int | None], parts: dict[tuple[str, str], Cells | None]
) -> dict[tuple[str, str], float | None]:
    """Return the overturn rate of all, and of each value whose two counts are published, to a thousandth."""
    found = {("", ""): _rate(sums["overturned"], sums["confirmed"])}
    for part in RATED:
        overturned, confirmed = parts[("overturned", part)], parts[("confirmed", part)]
        if overturned is not None and confirmed is not None:  # what is not listed is zero
            for value in sorted({*overturned, *confirmed}):
                found[(part, value)] = _rate(overturned.get(value, 0), confirmed.get(value, 0))
    return found


def _rate(overturned: int | None, confirmed: int | None) -> float | None:
    if overturned is None or confirmed is None or not overturned + confirmed:
        return None
    return round(overturned / (overturned + confirmed), 3)


def months(most: int = TREND, last: str = "") -> list[Month]:
    """Return the counted months, newest first, at most `most`, up to the month `last` if given; two statements."""
    query = select(ReportMonth).order_by(ReportMonth.month.desc()).limit(most)
    rows = db.session.scalars(query.where(ReportMonth.month <= last) if last else query).all()
    if not rows:
        return []
    span = ReportFigure.month.between(rows[-1].month, rows[0].month)
    figures: dict[str, list[ReportFigure]] = {row.month: [] for row in rows}
    for figure in db.session.scalars(select(ReportFigure).where(span)):
        if figure.month in figures:
            figures[figure.month].append(figure)
    return [published(row, figures[row.month]) for row in rows]
