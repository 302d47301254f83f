"""The queue of open cases: what it can be narrowed to, one page of it, the next case, and the one that waits longest.

Every filter alone is read along an index. Several together are read along one of them, and at most all open cases
that fit this one are looked at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, tuple_
from sqlalchemy.orm import defer, joinedload

from forum.accounts.models import Person
from forum.config import CLAIM_LIFETIME, PAGE_SIZE
from forum.core.database import db, now
from forum.core.paging import Page
from moderation.models import Case, Flag
from moderation.queries import flag_sums

OPEN_COUNTED = 100  # counting open cases stops here
EXCERPT = 140  # characters of the flagged text in a row of the queue
OVERDUE = timedelta(hours=48)  # an open case that waited longer is a warning (Discourse reminds its staff after 48 h)
LANGUAGES = ("en", "zh")  # what `guess_language` tells apart
AGES = (1, 2, 7)  # days that a case has waited at least
MINE, NOBODYS, SOMEBODYS = ASSIGNED = ("mine", "nobody", "somebody")
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Filter:
    """What the queue is narrowed to; None, 0 and "" narrow nothing. `within`: the sub-themes of whose desk it is.

    `rule` is the one that most weighs in the case (see scoring.main_rule); `days` is how long it has waited at least;
    `assigned` is one of ASSIGNED, and `viewer_id` who "mine" is.
    """

    subtheme_id: int | None = None
    source: str = ""
    within: tuple[int, ...] | None = None
    lang: str = ""
    rule: str = ""
    kind: str = ""
    days: int = 0
    assigned: str = ""
    viewer_id: int = 0

    @property
    def is_by_age(self) -> bool:
        """Whether the oldest stands first instead of the most urgent: who asks for old cases wants the oldest."""
        return bool(self.days)

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions of an open case that fits."""
        chosen: list[ColumnElement[bool]] = [Case.decided_at.is_(None)]
        if self.subtheme_id:
            chosen.append(Case.subtheme_id == self.subtheme_id)
        if self.within is not None:
            chosen.append(Case.subtheme_id.in_(self.within))
        exact = (Case.source, self.source), (Case.lang, self.lang), (Case.rule, self.rule), (Case.kind, self.kind)
        for column, value in exact:
            if value:
                chosen.append(column == value)
        if self.days:
            chosen.append(Case.opened_at <= now() - timedelta(days=self.days))
        return chosen + self._claims()

    def _claims(self) -> list[ColumnElement[bool]]:
        if self.assigned == MINE:
            return [Case.claimed_at >= _fresh(), Case.claimed_by_id == self.viewer_id]
        if self.assigned == SOMEBODYS:
            return [Case.claimed_at >= _fresh()]
        return [_unclaimed()] if self.assigned == NOBODYS else []

    def in_order(self, query: Select[Any]) -> Select[Any]:
        """Return the query in the queue's order."""
        if self.is_by_age:
            return query.order_by(Case.opened_at, Case.id)
        return query.order_by(Case.score.desc(), Case.id.desc())


def _fresh() -> datetime:
    """Return since when a claim is one."""
    return now() - CLAIM_LIFETIME


def _unclaimed() -> ColumnElement[bool]:
    """Nobody holds it. In one comparison that no index fits: an OR would tempt SQLite to read two and sort."""
    return func.coalesce(Case.claimed_at, _NEVER) < _fresh()


@dataclass(frozen=True)
class Row:
    """One case in the queue, with the beginning of the flagged text and the reasons, heaviest first."""

    case: Case
    excerpt: str
    reasons: list[str]


def page(chosen: Filter, after: str = "") -> Page[Row]:
    """Return one page of open cases in the queue's order; `after` is the cursor of the page before."""
    found = db.session.execute(page_query(chosen, after)).all()
    shown = found[:PAGE_SIZE]
    sums = flag_sums([case.id for case, _ in shown])
    rows = [Row(case, excerpt, [each.reason for each in sums.get(case.id, [])]) for case, excerpt in shown]
    last = shown[-1][0] if len(found) > PAGE_SIZE else None
    return Page(rows, _cursor(chosen, last) if last else "")


def page_query(chosen: Filter, after: str = "") -> Select[Any]:
    """Return the query of one page and a row more, which says that another page follows."""
    query = (
        select(Case, func.substr(Case.frozen_body, 1, EXCERPT))
        .where(*chosen.conditions())
        .options(defer(Case.frozen_body), defer(Case.frozen_html), defer(Case.findings), joinedload(Case.claimed_by))
        .limit(PAGE_SIZE + 1)
    )
    if place := _place(after):
        rank, case_id = place
        if chosen.is_by_age:
            query = query.where(tuple_(Case.opened_at, Case.id) > (_moment(rank), case_id))
        else:
            query = query.where(tuple_(Case.score, Case.id) < place)
    return chosen.in_order(query)


def _cursor(chosen: Filter, last: Case) -> str:
    """Return where a page ended: score, or microseconds since the epoch, and id."""
    rank = (last.opened_at - _NEVER) // timedelta(microseconds=1) if chosen.is_by_age else last.score
    return f"{rank!r}_{last.id}"


def _moment(microseconds: float) -> datetime:
    """Return the moment in a cursor; what is beyond a calendar is its beginning or end."""
    return _NEVER + timedelta(microseconds=min(max(microseconds, 0), 4e15))


def _place(cursor: str) -> tuple[float, int] | None:
    """Return rank and id in a cursor, or None when it is not one of ours (the list then starts anew)."""
    rank, _, case_id = cursor.partition("_")
    try:
        place = float(rank), int(case_id)
    except ValueError:
        return None
    return place if math.isfinite(place[0]) and 0 < place[1] < 2**31 else None


def open_count(chosen: Filter) -> int:
    """Return how many open cases fit, counted up to OPEN_COUNTED."""
    some = select(Case.id).where(*chosen.conditions()).limit(OPEN_COUNTED).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def oldest_opened_at(within: tuple[int, ...] | None) -> datetime | None:
    """Return when the case was opened that has waited longest on a desk (of these sub-themes; None: all), or None."""
    if within is None:
        return db.session.scalar(_first_opened())
    each = [_first_opened(Case.subtheme_id == place).scalar_subquery() for place in within]
    found = [moment for moment in db.session.execute(select(*each)).one() if moment] if each else []
    return min(found, default=None)


def _first_opened(*conditions: ColumnElement[bool]) -> Select[Any]:
    """One step into an index for each place: the first entry of a sub-theme's open cases by age."""
    query = select(Case.opened_at).where(Case.decided_at.is_(None), *conditions)
    return query.order_by(Case.opened_at, Case.id).limit(1)


def next_case(by: Person, chosen: Filter) -> int | None:
    """Return the first open case in the queue's order that `by` may decide and nobody else holds, or None."""
    own_flag = select(Flag.id).where(Flag.case_id == Case.id, Flag.flagger_id == by.id).exists()
    held_by_others = (func.coalesce(Case.claimed_at, _NEVER) >= _fresh()) & (Case.claimed_by_id != by.id)
    query = select(Case.id).where(*chosen.conditions(), ~held_by_others, Case.author_id != by.id, ~own_flag)
    return db.session.scalar(chosen.in_order(query).limit(1))
