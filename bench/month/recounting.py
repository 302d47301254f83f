"""The report's figures in plain SQL, nothing of the forum's own counting, and where the two differ."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from bench.month.playing import Played, bound
from forum.core import chain
from forum.core.database import db
from moderation.transparency import report
from moderation.transparency.models import ReportFigure, ReportMonth
from moderation.transparency.queries import bounds_of
from moderation.transparency.suppression import LEAST

_PLACES = (
    "JOIN posts ON posts.id = cases.post_id JOIN threads ON threads.id = posts.thread_id "
    "JOIN subthemes ON subthemes.id = cases.subtheme_id"
)
_FLAGS = (
    f"FROM flags JOIN cases ON cases.id = flags.case_id {_PLACES} "
    "WHERE flags.created_at >= :a AND flags.created_at < :b"
)
_SLIPS = "SELECT {} FROM decisions WHERE reversed_at IS NOT NULL AND id NOT IN (SELECT decision_id FROM appeals)"
_OPENED = (
    f"FROM cases {_PLACES} WHERE cases.opened_at >= :a AND cases.opened_at < :b "
    f"AND cases.id NOT IN ({_SLIPS.format('case_id')})"
)
_DECIDED = (
    f"FROM decisions JOIN cases ON cases.id = decisions.case_id {_PLACES} "
    "WHERE decisions.decided_at >= :a AND decisions.decided_at < :b "
    f"AND decisions.id NOT IN ({_SLIPS.format('id')})"
)
_APPEALED = (
    "FROM appeals JOIN decisions ON decisions.id = appeals.decision_id JOIN cases ON cases.id = decisions.case_id "
    f"{_PLACES} WHERE appeals.created_at >= :a AND appeals.created_at < :b"
)
_ANSWERED = _APPEALED.replace("created_at", "decided_at")
_CONFIRMED, _OVERTURNED = (f"{_ANSWERED} AND appeals.state = '{each}'" for each in ("upheld", "overturned"))
_VERDICT = "CASE decisions.outcome WHEN 'keep' THEN 'kept' ELSE 'upheld' END"
RECOUNTS = {
    ("flags", "rule"): ("flags.reason", _FLAGS),
    ("flags", "subtheme"): ("subthemes.slug", _FLAGS),
    ("flags", "language"): ("posts.lang", _FLAGS),
    ("opened", "source"): ("cases.source", _OPENED),
    ("opened", "subtheme"): ("subthemes.slug", _OPENED),
    ("opened", "language"): ("posts.lang", _OPENED),
    ("decided", "verdict"): (_VERDICT, _DECIDED),
    ("decided", "source"): ("cases.source", _DECIDED),
    ("decided", "subtheme"): ("subthemes.slug", _DECIDED),
    ("decided", "language"): ("posts.lang", _DECIDED),
    ("upheld", "outcome"): ("decisions.outcome", _DECIDED + " AND decisions.outcome <> 'keep'"),
    ("upheld", "rule"): ("decisions.rule", _DECIDED + " AND decisions.outcome <> 'keep'"),
    ("appeals", "verdict"): (_VERDICT, _APPEALED),
    ("appeals", "subtheme"): ("subthemes.slug", _APPEALED),
    ("appeals", "language"): ("posts.lang", _APPEALED),
    ("answered", "answer"): ("appeals.state", _ANSWERED),
    ("confirmed", "subtheme"): ("subthemes.slug", _CONFIRMED),
    ("confirmed", "language"): ("posts.lang", _CONFIRMED),
    ("overturned", "subtheme"): ("subthemes.slug", _OVERTURNED),
    ("overturned", "language"): ("posts.lang", _OVERTURNED),
}


def recounted(start: datetime, end: datetime) -> dict[tuple[str, str, str], float]:
    """Return every figure between two moments as SQL counts it."""
    span = {"a": _bound(start), "b": _bound(end)}
    found: dict[tuple[str, str, str], float] = {}
    for (figure, part), (column, rows) in RECOUNTS.items():
        if whole := db.session.scalar(text(f"SELECT count(*) {rows}"), span):
            found[(figure, "", "")] = whole
        for value, count in db.session.execute(text(f"SELECT {column}, count(*) {rows} GROUP BY 1"), span):
            found[(figure, part, value)] = count
    sources = db.session.scalars(text(f"SELECT DISTINCT cases.source {_DECIDED}"), span).all()
    for source in ("", *sources):
        rows = _DECIDED + (" AND cases.source = :source" if source else "")
        given = {**span, **({"source": source} if source else {})}
        count = db.session.scalar(text(f"SELECT count(*) {rows}"), given)
        for figure, tenths in (("median", 5), ("p90", 9)):
            if count:
                place = -(-count * tenths // 10) - 1
                line = text(f"SELECT {_hours()} {rows} ORDER BY 1 LIMIT 1 OFFSET {place}")
                found[(figure, "source" if source else "", source)] = float(db.session.scalar(line, given))
    return found


def _bound(moment: datetime) -> Any:
    return moment if db.engine.dialect.name == "postgresql" else moment.strftime("%Y-%m-%d %H:%M:%S.%f")


def _hours() -> str:
    if db.engine.dialect.name == "postgresql":
        return "extract(epoch FROM decisions.decided_at - cases.opened_at) / 3600"
    return "(julianday(decisions.decided_at) - julianday(cases.opened_at)) * 24"


def differences() -> list[str]:
    """Return where the stored figures differ from the recount, and where the published ones show what they must not."""
    wrong = []
    for month in db.session.scalars(select(ReportMonth).order_by(ReportMonth.month)).all():
        bounds = bounds_of(month.month)
        assert bounds
        counted = recounted(bounds[0], month.until)
        rows = db.session.scalars(select(ReportFigure).where(ReportFigure.month == month.month)).all()
        stored = {(row.figure, row.part, row.value): row.amount for row in rows}
        for key in sorted({*counted, *stored}):
            if abs(counted.get(key, 0) - stored.get(key, 0)) > 0.001:  # hours: SQLite's julianday knows milliseconds
                wrong.append(f"{month.month} {key}: the report has {stored.get(key)}, SQL counts {counted.get(key)}")
        for figure, part, value, amount in report.published(month, rows).rows():
            if amount is None or figure in report.HOURS:
                continue
            if figure == report.RATE:
                ways = [counted.get((each, part, value), 0) for each in ("overturned", "confirmed")]
                if abs(amount - ways[0] / sum(ways)) > 0.001 or any(0 < each < LEAST for each in ways):
                    wrong.append(f"{month.month} {figure} {part} {value}: published {amount} of {ways}")
                continue
            if 0 < amount < LEAST:
                wrong.append(f"{month.month} {figure} {part} {value}: {amount} is published")
            if amount != counted.get((figure, part, value), 0):
                wrong.append(f"{month.month} {figure} {part} {value}: published {amount}")
    return wrong


def checks(played: Played, days: int) -> dict[str, bool]:
    """Return each check with whether it passed; says what differs."""
    wrong = differences()
    for line in wrong[:10]:
        played.failures.append(line)
    return {
        "the report equals the recount in SQL, and shows nothing under five": not wrong,
        "as many flags, decisions and appeals are in the report as there were": [
            _whole(figure) for figure in ("flags", "decided", "appeals", "answered")
        ]
        == [played.flagged, played.decided, played.appealed, played.answered],
        "the log verifies": chain.first_fault() is None,
        f"the oldest case waited {played.oldest} at most, bound {bound(played, days)}": played.oldest
        <= bound(played, days),
    }


def _whole(figure: str) -> int:
    total = select(func.sum(ReportFigure.amount)).where(ReportFigure.figure == figure, ReportFigure.part == "")
    return int(db.session.scalar(total) or 0)
