"""Counting a month: flags, cases, decisions, appeals, told apart in a few ways. The worker asks, and `doctor` again."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from forum.core.database import db
from forum.subthemes.models import SubTheme
from forum.threads.models import Post
from moderation.appeals.models import Appeal, State
from moderation.models import Case, Decision, Flag, Outcome

Key = tuple[str, str, str]  # figure, part, value
ALL = ("", "")
KEPT, UPHELD = "kept", "upheld"
# Where a post stands and in which language it is may change after it was counted; the rest never does.
MOVING = frozenset({"subtheme", "language"})


def figures(start: datetime, end: datetime) -> dict[Key, float]:
    """Return every figure of the time between two moments (the second not included); five statements."""
    found = {**_flags(start, end), **_opened(start, end), **_decided(start, end)}
    return {**found, **_appealed(start, end), **_answered(start, end)}


def was_undone() -> ColumnElement[bool]:
    """Whether a decision was taken back as a slip: it judged nothing, and another row stands for its case.

    One that was overturned has an appeal, and was a decision all the same.
    """
    return Decision.reversed_at.is_not(None) & ~exists().where(Appeal.decision_id == Decision.id)


def _flags(start: datetime, end: datetime) -> dict[Key, float]:
    query = _of_posts(select(Flag.reason, SubTheme.slug, Post.lang, func.count()).join(Case, Case.id == Flag.case_id))
    query = query.where(Flag.created_at >= start, Flag.created_at < end).group_by(Flag.reason, SubTheme.slug, Post.lang)
    return _margins("flags", ("rule", "subtheme", "language"), db.session.execute(query))


def _opened(start: datetime, end: datetime) -> dict[Key, float]:
    query = _of_posts(select(Case.source, SubTheme.slug, Post.lang, func.count()))
    copied = exists().where(Decision.case_id == Case.id, was_undone())
    query = query.where(Case.opened_at >= start, Case.opened_at < end, ~copied)
    query = query.group_by(Case.source, SubTheme.slug, Post.lang)
    return _margins("opened", ("source", "subtheme", "language"), db.session.execute(query))


def _of_posts(query: Any) -> Any:
    return query.outerjoin(Post, Post.id == Case.post_id).outerjoin(SubTheme, SubTheme.id == Case.subtheme_id)


def _margins(figure: str, parts: Sequence[str], rows: Iterable[Any]) -> dict[Key, float]:
    """Add up rows of (one value for each part …, count) to the sum of all and one sum for each value of each part."""
    sums: Counter[Key] = Counter()
    for *values, count in rows:
        sums[(figure, *ALL)] += count
        for part, value in zip(parts, values, strict=True):
            sums[(figure, part, value or "")] += count
    return dict(sums)


def _decided(start: datetime, end: datetime) -> dict[Key, float]:
    query = select(
        Decision.outcome, Decision.rule, Case.source, SubTheme.slug, Post.lang, Case.opened_at, Decision.decided_at
    )
    query = _of_posts(query.select_from(Decision).join(Case, Case.id == Decision.case_id))
    query = query.where(Decision.decided_at >= start, Decision.decided_at < end, ~was_undone())
    rows = db.session.execute(query).all()
    parts = ("verdict", "source", "subtheme", "language")
    everything = ((_verdict(row.outcome), row.source, row.slug, row.lang, 1) for row in rows)
    upheld = ((row.outcome, row.rule, 1) for row in rows if _verdict(row.outcome) == UPHELD)
    found = _margins("decided", parts, everything)
    against = _margins("upheld", ("outcome", "rule"), upheld)
    hours = [(row.source, (row.decided_at - row.opened_at) / timedelta(hours=1)) for row in rows]
    return {**found, **against, **_hours(hours)}


def _appealed(start: datetime, end: datetime) -> dict[Key, float]:
    query = _of_appeals(Decision.outcome).where(Appeal.created_at >= start, Appeal.created_at < end)
    rows = db.session.execute(query.group_by(Decision.outcome, SubTheme.slug, Post.lang))
    against = ((_verdict(outcome), slug, lang, count) for outcome, slug, lang, count in rows)
    return _margins("appeals", ("verdict", "subtheme", "language"), against)


def _answered(start: datetime, end: datetime) -> dict[Key, float]:
    """Count the answers by what became of the decision, and each of the two by place and language."""
    query = _of_appeals(Appeal.state).where(Appeal.decided_at >= start, Appeal.decided_at < end)
    rows = db.session.execute(query.group_by(Appeal.state, SubTheme.slug, Post.lang)).all()
    found = _margins("answered", ("answer",), ((row[0], row[-1]) for row in rows))
    for figure, state in (("confirmed", State.UPHELD), ("overturned", State.OVERTURNED)):
        fitting = (row[1:] for row in rows if row[0] == state)
        found |= _margins(figure, ("subtheme", "language"), fitting)
    return found


def _of_appeals(column: Any) -> Any:
    query = select(column, SubTheme.slug, Post.lang, func.count()).select_from(Appeal)
    query = query.join(Decision, Decision.id == Appeal.decision_id).join(Case, Case.id == Decision.case_id)
    return _of_posts(query)


def _verdict(outcome: str) -> str:
    return KEPT if outcome == Outcome.KEEP else UPHELD


def _hours(spans: list[tuple[str, float]]) -> dict[Key, float]:
    found: dict[Key, float] = {}
    for source in {"", *(source for source, _ in spans)}:
        fitting = sorted(span for its, span in spans if source in ("", its))
        for figure, share in (("median", 0.5), ("p90", 0.9)):
            if fitting:
                found[(figure, "source" if source else "", source)] = percentile(fitting, share)
    return found


def percentile(ordered: Sequence[float], share: float) -> float:
    """Return the least of the ordered numbers that at least this share of them does not exceed (nearest rank)."""
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
