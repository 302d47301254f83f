"""Whether the index holds what the database says it holds: ids and versions compared side by side, batch by batch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import Select, and_, select

from forum.core.database import db
from forum.search.index import current_index
from forum.threads.models import Post, State, Thread

BATCH = 5_000  # posts compared at a time: of a forum of any size, so many short rows are in memory
NAMED = 20  # ids kept of what differs


@dataclass
class Tally:
    """How many posts there are of a kind, and the ids of the first NAMED."""

    count: int = 0
    first: list[int] = field(default_factory=list)

    def add(self, ids: Iterable[int]) -> None:
        """Count these posts too."""
        for post_id in ids:
            self.count += 1
            if len(self.first) < NAMED:
                self.first.append(post_id)


@dataclass
class Differences:
    """What is wrong with the index: posts that it lacks, and those that it should not hold, though the database counts
    them as settled. Posts that are `owed` are not wrong: the worker brings them in."""

    missing: Tally = field(default_factory=Tally)
    surplus: Tally = field(default_factory=Tally)
    owed: int = 0

    def __bool__(self) -> bool:
        return bool(self.missing.count or self.surplus.count)


class _Row(NamedTuple):
    """A post as far as the index is concerned."""

    id: int
    version: int
    indexed: int
    state: str
    thread_state: str

    @property
    def is_settled(self) -> bool:
        return self.version == self.indexed

    @property
    def is_findable(self) -> bool:
        return self.state == State.VISIBLE and self.thread_state == State.VISIBLE


def differences() -> Differences:
    """Compare the index with the database, beside a forum that is at work. Raises IndexUnavailable."""
    found, after, more = Differences(), 0, True
    while more:
        rows = _rows(_posts().where(Post.id > after).limit(BATCH))
        held = current_index().ids(after, BATCH)
        ends = [batch[-1] for batch in (list(rows), held) if len(batch) == BATCH]
        upto, more = min(ends, default=None), bool(ends)
        if upto is not None:  # what lies behind the end of the shorter batch comes with the next
            rows, held, after = {i: row for i, row in rows.items() if i <= upto}, [i for i in held if i <= upto], upto
        _compare(found, rows, set(held))
    return found


def _compare(found: Differences, rows: dict[int, _Row], held: set[int]) -> None:
    found.owed += sum(not row.is_settled for row in rows.values())
    missing = [i for i, row in rows.items() if row.is_settled and row.is_findable and i not in held]
    surplus = [i for i in held if i not in rows or (rows[i].is_settled and not rows[i].is_findable)]
    if missing or surplus:  # what changed since it was read is no fault, and is owed again if it must be
        again = _rows(_posts().where(Post.id.in_([*missing, *surplus])))
        found.missing.add(i for i in missing if again.get(i) == rows[i])
        found.surplus.add(i for i in sorted(surplus) if again.get(i) == rows.get(i))


def _posts() -> Select[int, int, int, str, str]:
    query = select(Post.id, Post.index_version, Post.indexed_version, Post.state, Thread.state)
    return query.join(Thread, and_(Thread.id == Post.thread_id)).order_by(Post.id)


def _rows(query: Select[int, int, int, str, str]) -> dict[int, _Row]:
    db.session.rollback()  # each time as it is now
    return {row[0]: _Row(*row) for row in db.session.execute(query)}
