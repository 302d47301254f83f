"""Counting again what `counters` keeps, batch by batch: `flask doctor` compares, `flask doctor --fix` sets right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, func, select

from forum.accounts.models import User
from forum.core.database import db, locked, transaction
from forum.subthemes.models import SubTheme
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import ChosenAnswer, Post, Thread

BATCH = 500  # rows compared at a time, so that memory stays the same at any size

Facts = dict[int, dict[str, Any]]


@dataclass(frozen=True)
class Fault:
    """A counter that differs from its recount; as text, "thread 12: reply_count is 4, counted 3"."""

    row: str
    counter: str
    stored: Any
    counted: Any

    def __str__(self) -> str:
        return f"{self.row}: {self.counter} is {self.stored}, counted {self.counted}"


# What rooms above have counted: each yields its faults as sentences, and sets them right with fix=True.
others: list[Callable[..., Iterator[str]]] = []


def recount(*, fix: bool = False) -> Iterator[Fault | str]:
    """Yield every counter of threads, sub-themes and people that differs from the rows, and set it right with `fix`.

    Then what the rooms above have counted.

    A difference seen while others write is counted once more under the row's lock before it is reported.
    """
    yield from _compare("thread", Thread, _of_threads, fix=fix)
    yield from _compare("sub-theme", SubTheme, _of_subthemes, fix=fix)
    yield from _compare("person", User, _of_people, fix=fix)
    for count in others:
        yield from count(fix=fix)


def _compare(word: str, model: Any, count: Callable[[int, int], Facts], *, fix: bool) -> Iterator[Fault]:
    first = 0
    while ids := db.session.scalars(select(model.id).where(model.id > first).order_by(model.id).limit(BATCH)).all():
        counted = count(ids[0], ids[-1])
        stored = _stored(model, counted, ids[0], ids[-1])
        for row_id in [row_id for row_id in ids if _differences(stored[row_id], counted[row_id])]:
            yield from _confirmed(word, model, count, row_id, fix=fix)
        first = ids[-1]


def _stored(model: Any, counted: Facts, first: int, last: int) -> Facts:
    names = list(next(iter(counted.values())))
    columns = [getattr(model, name) for name in names]
    rows = db.session.execute(select(model.id, *columns).where(model.id.between(first, last)))
    return {row[0]: dict(zip(names, row[1:], strict=True)) for row in rows}


def _differences(stored: dict[str, Any], counted: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Return {counter: (stored, counted)} where they differ; None was not counted."""
    pairs = {name: (stored[name], value) for name, value in counted.items() if value is not None}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _confirmed(word: str, model: Any, count: Callable[[int, int], Facts], row_id: int, *, fix: bool) -> Iterator[Fault]:
    with transaction():
        row = locked(model, row_id)
        counted = count(row_id, row_id)[row_id]
        found = _differences({name: getattr(row, name) for name in counted}, counted)
        for name, (_, value) in found.items() if fix else ():
            setattr(row, name, value)
    for name, (stored, value) in found.items():
        yield Fault(f"{word} {row_id}", name, stored, value)


def _with_zeros(model: Any, first: int, last: int, zeros: dict[str, Any], found: Facts) -> Facts:
    """Return the facts of every row of the range; what has no posts counts zero."""
    ids = db.session.scalars(select(model.id).where(model.id.between(first, last)))
    return {row_id: found.get(row_id, zeros) for row_id in ids}


def _of_threads(first: int, last: int) -> Facts:
    reply = and_(POST_VISIBLE, Post.position > 1)
    answer = and_(POST_VISIBLE, Post.credential_id.is_not(None))
    sums = (
        select(
            Post.thread_id,
            func.sum(case((reply, 1), else_=0)).label("replies"),
            func.sum(case((answer, 1), else_=0)).label("answers"),
            func.coalesce(func.max(Post.position), 0).label("last"),
            func.max(case((POST_VISIBLE, Post.position))).label("shown"),
        )
        .where(Post.thread_id.between(first, last))
        .group_by(Post.thread_id)
        .subquery()
    )
    query = select(
        sums,
        func.coalesce(Post.published_at, Post.created_at, type_=Post.created_at.type).label("at"),
        Post.author_id.label("by"),
    ).outerjoin(Post, and_(Post.thread_id == sums.c.thread_id, Post.position == sums.c.shown))
    chosen = select(ChosenAnswer.thread_id).join(ChosenAnswer.post)
    answered = set(db.session.scalars(chosen.where(ChosenAnswer.thread_id.between(first, last), POST_VISIBLE)))
    found = {
        row.thread_id: {
            "reply_count": row.replies,
            "expert_answer_count": row.answers,
            "is_answered": row.thread_id in answered,
            "last_position": row.last,
            "last_post_at": row.at,
            "last_author_id": row.by,
        }
        for row in db.session.execute(query)
    }
    zeros = dict.fromkeys(("reply_count", "expert_answer_count", "last_position"), 0)
    nothing = {**zeros, "is_answered": False, "last_post_at": None, "last_author_id": None}
    return _with_zeros(Thread, first, last, nothing, found)


def _of_subthemes(first: int, last: int) -> Facts:
    query = (
        select(Thread.subtheme_id, func.count(func.distinct(Thread.id)), func.count(Post.id))
        .outerjoin(Post, and_(Post.thread_id == Thread.id, POST_VISIBLE))
        .where(Thread.subtheme_id.between(first, last), THREAD_VISIBLE)
        .group_by(Thread.subtheme_id)
    )
    found = {row[0]: {"thread_count": row[1], "post_count": row[2]} for row in db.session.execute(query)}
    return _with_zeros(SubTheme, first, last, {"thread_count": 0, "post_count": 0}, found)


def _of_people(first: int, last: int) -> Facts:
    query = (
        select(Post.author_id, func.count())
        .where(Post.author_id.between(first, last), POST_VISIBLE)
        .group_by(Post.author_id)
    )
    found = {row[0]: {"published_count": row[1]} for row in db.session.execute(query)}
    return _with_zeros(User, first, last, {"published_count": 0}, found)
