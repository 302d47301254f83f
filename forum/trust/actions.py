"""Writing down what was read, marking a sub-theme read, and moving people between trust levels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import case, literal, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from forum.accounts.models import Standing, User
from forum.config import UNREAD_FOR
from forum.core.database import Base, UTCDateTime, db, locked, now, transaction
from forum.notifications.actions import mark_seen, tell
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Thread
from forum.trust import policy, queries
from forum.trust.collecting import Batch, Visit
from forum.trust.models import ReadingDay, ThreadRead
from forum.trust.policy import Numbers

UNOPENED = datetime(1970, 1, 1, tzinfo=UTC)  # read_at of a thread that was marked read without being opened
Totals = defaultdict[tuple[int, date], list[float]]


def write(batch: Batch) -> None:
    """Write what was read: how far in each thread, and the day's sums; posts count when they are seen first."""
    with transaction():
        visits = _of_what_exists(batch)
        known = _known(visits)
        sums: Totals = defaultdict(lambda: [0, 0, 0.0])
        for key, visit in visits.items():
            position, read_at = known.get(key, (0, UNOPENED))
            day = sums[key[0], visit.moment.date()]
            day[0] += read_at == UNOPENED
            day[1] += sum(place > position for place in visit.positions)
        people = {user_id for user_id, _ in visits} | _present({user_id for user_id, _ in batch.seconds})
        for (user_id, date_), seconds in batch.seconds.items():
            if user_id in people:
                sums[user_id, date_][2] += seconds
        _write_reads(visits)
        mark_seen(visits)
        _write_days(sums)


def _of_what_exists(batch: Batch) -> dict[tuple[int, int], Visit]:
    people = _present({user_id for user_id, _ in batch.visits})
    read = {thread_id for _, thread_id in batch.visits}
    threads = set(db.session.scalars(select(Thread.id).where(Thread.id.in_(read)))) if read else set()
    return {key: visit for key, visit in batch.visits.items() if key[0] in people and key[1] in threads}


def _present(ids: Collection[int]) -> set[int]:
    """Return those whose account is there and not closed: a deleted one's reading was forgotten, and stays so."""
    query = select(User.id).where(User.id.in_(ids), User.standing != Standing.CLOSED)
    return set(db.session.scalars(query)) if ids else set()


def _known(keys: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[int, datetime]]:
    if not keys:
        return {}
    place = tuple_(ThreadRead.user_id, ThreadRead.thread_id)
    query = select(ThreadRead).where(place.in_(list(keys))).execution_options(populate_existing=True)
    return {(row.user_id, row.thread_id): (row.position, row.read_at) for row in db.session.scalars(query)}


def _write_reads(visits: dict[tuple[int, int], Visit]) -> None:
    rows = [
        {"user_id": user_id, "thread_id": thread_id, "position": visit.last, "read_at": visit.moment}
        for (user_id, thread_id), visit in sorted(visits.items(), key=lambda item: item[0])  # the same order everywhere
    ]
    if rows:
        statement = _insert(ThreadRead)
        db.session.execute(
            statement.on_conflict_do_update(
                index_elements=("user_id", "thread_id"),
                set_={"position": _higher(statement), "read_at": statement.excluded.read_at},
            ),
            rows,
        )


def _write_days(sums: Totals) -> None:
    rows = [
        {"user_id": user_id, "day": day, "threads": int(threads), "posts": int(posts), "seconds": round(seconds)}
        for (user_id, day), (threads, posts, seconds) in sorted(sums.items(), key=lambda item: item[0])
    ]
    if rows:
        statement = _insert(ReadingDay)
        added = {
            name: getattr(ReadingDay, name) + getattr(statement.excluded, name)
            for name in ("threads", "posts", "seconds")
        }
        db.session.execute(statement.on_conflict_do_update(index_elements=("user_id", "day"), set_=added), rows)


def _insert(model: type[Base]) -> Any:
    return (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(model)


def _higher(statement: Any) -> Any:
    new = statement.excluded.position
    return case((new > ThreadRead.position, new), else_=ThreadRead.position)


def mark_subtheme_read(user_id: int, subtheme_id: int) -> None:
    """Mark all threads of a sub-theme read for the person; none of them counts as opened by that."""
    mine = select(Thread.id, Thread.last_position).where(Thread.subtheme_id == subtheme_id, THREAD_VISIBLE)
    fresh = mine.where(Thread.last_post_at > now() - UNREAD_FOR).with_only_columns(
        literal(user_id), Thread.id, Thread.last_position, literal(UNOPENED, UTCDateTime())
    )
    end = select(Thread.last_position).where(Thread.id == ThreadRead.thread_id).scalar_subquery()
    with transaction() as session:
        statement = _insert(ThreadRead).from_select(["user_id", "thread_id", "position", "read_at"], fresh)
        session.execute(statement.on_conflict_do_nothing(index_elements=("user_id", "thread_id")))
        known = mine.with_only_columns(Thread.id)
        session.execute(
            update(ThreadRead)
            .where(ThreadRead.user_id == user_id, ThreadRead.thread_id.in_(known), ThreadRead.position < end)
            .values(position=end)
            .execution_options(synchronize_session=False)
        )


def weigh(user_ids: Collection[int], numbers: Numbers) -> None:
    """Give each of the people the level that follows from what they did by now, and tell them when it changed."""
    levels = queries.levels(user_ids)
    records, begun = queries.records(levels, now(), numbers), queries.begun(now(), numbers)
    for user_id, former in levels.items():
        level = policy.next_level(former, records[user_id], begun, numbers)
        spared = level < former and not policy.is_struck(records[user_id], numbers) and _is_kept(user_id, numbers)
        if level != former and not spared:
            _move(user_id, former, level)


def _is_kept(user_id: int, numbers: Numbers) -> bool:
    """Whether the top level is so new that it is not taken away for reading less."""
    raised = queries.raised_to_the_top(user_id)
    return raised is not None and now() - raised < timedelta(days=numbers["3_KEPT_DAYS"])


def _move(user_id: int, former: int, level: int) -> None:
    with transaction():
        person = locked(User, user_id)
        if person is None or person.trust_level != former or (level > former and not person.is_active):
            return
        person.trust_level = level
        tell(user_id, "trust", f"trust:{level}:{now():%Y-%m-%d}", facts={"level": level, "former": former})
