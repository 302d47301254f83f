"""The transparency report as a page, as CSV and as JSON, from the figures that the worker has counted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from forum.core import i18n, web
from forum.core.errors import NotFound
from moderation.transparency import report, sheets, wording
from moderation.transparency.charts import Chart, chart
from moderation.transparency.lines import all_subthemes
from moderation.transparency.queries import bounds_of
from moderation.transparency.suppression import LEAST, Cells

bp = Blueprint("transparency", __name__)


@bp.get("/moderation/report")
def show() -> Response:
    """Show the figures of one month, by default the newest that is whole, beside the sums of a year."""
    asked = request.args.get("month", "")
    listed = report.months(last=asked if bounds_of(asked) else "")
    month = _chosen(listed, asked)
    if asked and month is None:
        raise NotFound
    places = {slug: row.name(i18n.page_lang()) for slug, row in all_subthemes().items()}
    return web.page(
        "moderation/report.html",
        months=listed,
        month=month,
        is_whole=month is not None and _is_whole(month),
        trend=_trend(listed),
        sections=_sections(month, places) if month else [],
        rates=_rates(month, places) if month else [],
        words=wording,
        percent=percent,
        least=LEAST,
        older=url_for(".show", month=listed[-1].month) if len(listed) == report.TREND else None,
        newest=url_for(".show") if asked else None,
    )


def _chosen(listed: list[report.Month], asked: str) -> report.Month | None:
    if asked:
        return next((month for month in listed if month.month == asked), None)
    return next(filter(_is_whole, listed), listed[0] if listed else None)


def _is_whole(month: report.Month) -> bool:
    bounds = bounds_of(month.month)
    return bounds is not None and month.until == bounds[1]


def _trend(listed: list[report.Month]) -> list[tuple[str, Chart]]:
    """Return for each figure its sums month by month, oldest first."""
    return [
        (figure, chart((month.month, month.sums[figure]) for month in reversed(listed)))
        for figure in ("flags", "decided", "appeals")
    ]


def _sections(month: report.Month, places: dict[str, str]) -> list[dict[str, Any]]:
    """Return for each figure its sum and its breakdowns, each with rows for the table and bars for the chart."""
    return [
        {
            "figure": figure,
            "sum": month.sums[figure],
            "parts": [(part, _bars(part, month.parts[(figure, part)], places)) for part in parts],
        }
        for figure, parts in report.COUNTED.items()
    ]


def _rates(month: report.Month, places: dict[str, str]) -> list[tuple[str, Chart]]:
    """Return the overturn rates that may be shown, by sub-theme and by language, as bars in percent."""
    found = []
    for part in report.RATED:
        rows: list[tuple[str, float]] = [
            (wording.named(part, value, places), percent(rate))
            for (by, value), rate in month.rates.items()
            if by == part and rate is not None
        ]
        rows.sort(key=lambda row: (-row[1], row[0]))
        found.append((part, chart(rows)))
    return found


def percent(rate: float) -> float:
    """Return a share of 0 to 1 in percent, to a tenth; whole ones without the nought behind the point."""
    tenths = round(rate * 100, 1)
    return int(tenths) if tenths == int(tenths) else tenths


def _bars(part: str, cells: Cells | None, places: dict[str, str]) -> Chart | None:
    """Return bars, the longest first and withheld ones last; None for a breakdown that is withheld as a whole."""
    if cells is None:
        return None
    rows = [(wording.named(part, value, places), amount) for value, amount in cells.items()]
    return chart(sorted(rows, key=lambda row: (-(row[1] or 0), row[0])))


@bp.get("/moderation/report.csv")
def as_csv() -> Response:
    """Return the figures of all months as rows; what is withheld has no amount and says so."""
    heading = ("month", "until", "figure", "by", "value", "amount", "withheld")
    rows = (
        (month.month, month.until.isoformat(), *row, "yes" if row[3] is None else "")
        for month in report.months(report.MONTHS_MOST)
        for row in month.rows()
    )
    answer = Response("".join(sheets.lines([heading, *rows])), mimetype="text/csv")
    answer.headers["Content-Disposition"] = 'attachment; filename="moderation-report.csv"'
    return _once(answer)


@bp.get("/moderation/report.json")
def as_json() -> Response:
    """Return the same as JSON: null stands for what is withheld."""
    found = [
        {
            "month": month.month,
            "until": month.until.isoformat(),
            "figures": [dict(zip(("figure", "by", "value", "amount"), row, strict=True)) for row in month.rows()],
        }
        for month in report.months(report.MONTHS_MOST)
    ]
    return _once(jsonify(least_published=LEAST, months=found))


def _once(answer: Response) -> Response:
    answer.add_etag()
    answer.make_conditional(request)
    return answer
