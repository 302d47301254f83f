"""Reading for the ranker: what was decided about texts, the model in use, and what an admin chose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_

from forum.core import site
from forum.core.database import db
from forum.threads.models import Post, State, Thread
from moderation.appeals.models import Appeal
from moderation.appeals.models import State as Ruling
from moderation.models import Case, Decision, Kind, Outcome
from moderation.policy import ABOUT_THREAD
from moderation.ranker import measuring
from moderation.ranker.learning import LETTERS_READ, Model, features
from moderation.ranker.models import RankerModel
from moderation.ranker.texts import joined

IN_USE, CHOSEN = "ranker_model", "ranker"  # names of settings: {"id", "mark"}, and an admin's choices
LEAST = 200  # decisions before anything is learned
AT_ONCE = 500
ORDINARY = 500  # public posts by which false alarms are counted
OFF = 0


@dataclass(frozen=True)
class Choices:
    """What an admin chose: whether it orders the queue, and from how many per cent it asks or holds (OFF: never)."""

    orders: bool = True
    asks_from: int = 90
    holds_from: int = OFF


@dataclass(frozen=True)
class Mind:
    """A model in use: how likely a text is decided against at all, and as advertising.

    `rule` is the one that most others broke; `asks_least` and `holds_least` see `measuring.least`.
    """

    id: int
    against: Model
    spam: Model
    rule: str
    asks_least: int | None
    holds_least: int | None


@dataclass(frozen=True)
class Decided:
    """What became of one text: its rule ("" for one that was kept), its language, when its case was opened."""

    text: str
    lang: str
    rule: str
    opened_at: datetime


def choices() -> Choices:
    """Return what an admin chose, else what holds from the beginning."""
    return Choices(**(site.get(CHOSEN) or {}))


def mind() -> Mind | None:
    """Return the model in use, or None; a statement only after a change (the settings are read once a request)."""
    known = site.get(IN_USE)
    return _loaded(int(known["id"]), str(known["mark"])) if known and known["id"] else None


def limits() -> tuple[int, int]:
    """Return from how many per cent authors are asked and posts held: an admin's choice, or more (OFF: never).

    More, where the choice would meet too many of the latest public posts.
    """
    known = mind()
    if known is None:
        return OFF, OFF
    chosen = choices()
    return _at_least(chosen.asks_from, known.asks_least), _at_least(chosen.holds_from, known.holds_least)


def _at_least(chosen: int, least: int | None) -> int:
    return max(chosen, least) if chosen and least else OFF


def ordering() -> Mind | None:
    """Return the model that orders the queue, or None."""
    known = mind()
    return known if known and choices().orders else None


def likelihood(title: str, body: str) -> tuple[float | None, int]:
    """Return what a new case keeps: how likely its text is decided against (None: nobody can say), by which model."""
    known = ordering()
    if known is None:
        return None, 0
    found = features(joined(title, body))
    return (known.against.probability(found) if found else None), known.id


OPENING = or_(Post.position == 1, Thread.last_position == 0)  # states.is_opening in a statement


@lru_cache(maxsize=2)
def _loaded(model_id: int, _mark: str) -> Mind | None:
    wanted = (
        RankerModel.against_weights, RankerModel.against_bias, RankerModel.spam_weights, RankerModel.spam_bias,
        RankerModel.rule, RankerModel.figures,
    )  # fmt: skip
    row = db.session.execute(select(*wanted).where(RankerModel.id == model_id)).one_or_none()
    if row is None:
        return None
    against, spam = Model.unpacked(row[0], row[1]), Model.unpacked(row[2], row[3])
    calm = measuring.least(row.figures, "ask"), measuring.least(row.figures, "hold")
    return Mind(model_id, against, spam, row.rule, *calm)


def newest() -> RankerModel | None:
    """Return the latest learning without its weights, or None."""
    return db.session.scalar(select(RankerModel).order_by(RankerModel.id.desc()).limit(1))


def usable(most: int = LEAST) -> int:
    """Return how many decided cases can be learned from, counted up to `most`."""
    return db.session.scalar(select(func.count()).select_from(_usable(Case.id).limit(most).subquery())) or 0


def decided_since(decision_id: int, most: int) -> int:
    """Return how many decisions were taken after this one, counted up to `most`."""
    some = select(Decision.id).where(Decision.id > decision_id).limit(most)
    return db.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def last_decision_id() -> int:
    """Return the newest decision's id, 0 without any."""
    return db.session.scalar(select(func.max(Decision.id))) or 0


def decided() -> Iterator[Decided]:
    """Yield what became of texts, the latest decisions first: AT_ONCE rows in memory, as what they became.

    A decision that stands says it itself. One that an appeal has overturned says the opposite; but where a "keep" was,
    the new decision says so in a case of its own. What was undone says nothing, nor does a text that was changed
    between flag and decision, or that has been forgotten.
    """
    wanted = (
        Case.id, Case.decided_at, Case.opened_at, Case.lang, Decision.rule, Decision.reversed_at,
        Case.frozen_title, func.substr(Case.frozen_body, 1, LETTERS_READ).label("body"), OPENING.label("is_opening"),
    )  # fmt: skip
    place: tuple[Any, int] | None = None
    while True:
        query = _usable(*wanted).order_by(Case.decided_at.desc(), Case.id.desc()).limit(AT_ONCE)
        if place:
            query = query.where(tuple_(Case.decided_at, Case.id) < place)
        rows = db.session.execute(query).all()
        for row in rows:
            text = joined(row.frozen_title if row.is_opening else "", row.body)
            yield Decided(text, row.lang, "" if row.reversed_at else row.rule, row.opened_at)
        if len(rows) < AT_ONCE:
            return
        place = rows[-1].decided_at, rows[-1].id


def _usable(*wanted: Any) -> Select[Any]:
    """Cases that say something about the text that they hold: kept, or decided against by a rule.

    What was decided about a whole thread or a profile says nothing about one text, nor that its thread was locked,
    slowed down or moved.
    """
    overturned = and_(Appeal.state == Ruling.OVERTURNED, Decision.outcome != Outcome.KEEP)
    return (
        select(*wanted)
        .select_from(Case)
        .join(Decision, Decision.case_id == Case.id)
        .join(Post, Post.id == Case.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .outerjoin(Appeal, Appeal.decision_id == Decision.id)
        .where(
            Case.kind == Kind.POST,
            Case.decided_at.is_not(None),
            Case.frozen_body != "",
            Case.decided_revision == Case.frozen_revision,
            or_(Decision.outcome == Outcome.KEEP, Decision.rule != ""),
            Decision.outcome.not_in(ABOUT_THREAD),
            or_(Decision.reversed_at.is_(None), overturned),
        )
    )


def sides_of(number: int) -> tuple[ColumnElement[bool], ...]:
    """Return what open cases fulfil that this model has not read.

    "Not this number" would read every case to find that nothing is to do, as nearly always; each side is a range of an
    index.
    """
    return Case.learned_by < number, Case.learned_by > number


def behind(side: ColumnElement[bool], last: tuple[int, int]) -> Select[Any]:
    """Return the query of the open cases on one side, with their texts, after the `last` (learned_by, id).

    A profile holds no text that is learned.
    """
    wanted: tuple[Any, ...] = Case.id, Case.learned_by, Case.frozen_title, Case.frozen_body, OPENING.label("is_opening")
    return (
        select(*wanted)
        .join(Post, Post.id == Case.post_id)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Case.decided_at.is_(None), Case.post_id.is_not(None), side)
        .where(tuple_(Case.learned_by, Case.id) > last)
        .order_by(Case.learned_by, Case.id)
    )


def ordinary() -> list[str]:
    """Return the texts of the latest public posts that were never looked at: nearly all of them honest."""
    body = func.substr(Post.body, 1, LETTERS_READ)
    query = (
        select(Thread.title, body, Post.position == 1)
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.state == State.VISIBLE, Thread.state == State.VISIBLE, ~exists().where(Case.post_id == Post.id))
        .order_by(Post.id.desc())
        .limit(ORDINARY)
    )
    return [joined(title if opens else "", text) for title, text, opens in db.session.execute(query)]
