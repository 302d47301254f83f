"""Reading the public log: what fits a choice, newest first, and the rows of a month; served by indexes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Engine, select, union_all
from sqlalchemy.orm import Session

from forum.config import PAGE_SIZE
from forum.core.audit import AuditEntry, head
from forum.core.database import db
from forum.threads.models import Post
from moderation.effects.shape import NAMELESS
from moderation.models import Case, Decision, Kind
from moderation.transparency.choosing import Choice

WINDOW = 20_000  # rows that one page looks through when several things are asked for at once
OF_ONE_CASE = 100  # rows about one post, or one person, that are looked at for a case
CHUNK = 500  # rows read at a time for a file


@dataclass(frozen=True)
class Found:
    """Rows newest first, the cursor of the next page (None at the end), and down to which row this page looked."""

    entries: Sequence[AuditEntry]
    before: int | None = None
    looked_down_to: int | None = None


def entries(choice: Choice, before: int | None = None, size: int = PAGE_SIZE) -> Found:
    """Return at most `size` rows that fit, older than the row `before`; at most five statements.

    One thing asked for is answered from its index. For several at once there can't be an index for every combination,
    so that a page looks through WINDOW rows and the next one goes on from there.
    """
    floor, ceiling = _span(choice, before)
    if choice.number and choice.kind in ("case", "decision"):
        return _of_case(choice, floor, ceiling)
    lowest = floor
    if choice.is_narrow:
        floor = max(floor, ceiling - WINDOW)
    found = _rows(_branches(choice, [_target(choice)]), floor, ceiling, size + 1)
    if len(found) > size:
        return Found(found[:size], found[size - 1].seq)
    return Found(found, floor, floor) if floor > lowest else Found(found)


def _span(choice: Choice, before: int | None) -> tuple[int, int]:
    """Return the first row that may be shown and the one after the last; days become rows, whose order is time."""
    floor, ceiling = 0, (before if before is not None else head()[0] + 1)
    if choice.first:
        floor = _first_since(_midnight(choice.first), ceiling)
    if choice.last and choice.last < date.max:
        ceiling = min(ceiling, _first_since(_midnight(choice.last + timedelta(days=1)), ceiling))
    return floor, ceiling


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _first_since(moment: datetime, default: int) -> int:
    query = select(AuditEntry.seq).where(AuditEntry.at >= moment).order_by(AuditEntry.at, AuditEntry.seq).limit(1)
    return db.session.scalar(query) or default


def _target(choice: Choice) -> list[ColumnElement[bool]]:
    if not choice.number:
        return []
    if choice.kind == "row":
        return [AuditEntry.seq == choice.number]
    return [AuditEntry.target == f"{choice.kind}:{choice.number}"]


Conditions = list[ColumnElement[bool]]


def _branches(choice: Choice, targets: Sequence[Conditions]) -> list[Conditions]:
    """Return one list of conditions for each act and target: each is one walk along an index."""
    fixed: Conditions = [getattr(AuditEntry, name) == value for name, value in choice.columns.items()]
    acts: list[Conditions] = [[AuditEntry.act == act] for act in choice.acts] or [[]]
    return [[*fixed, *act, *target] for act in acts for target in targets]


def _rows(branches: Sequence[Conditions], floor: int, ceiling: int, size: int) -> list[AuditEntry]:
    walks = [_walk(conditions, floor, ceiling, size) for conditions in branches]
    if len(walks) == 1:
        return list(
            db.session.scalars(
                select(AuditEntry)
                .where(*_within(branches[0], floor, ceiling))
                .order_by(AuditEntry.seq.desc())
                .limit(size)
            )
        )
    numbers = union_all(*walks).subquery()
    newest = select(numbers.c.seq).order_by(numbers.c.seq.desc()).limit(size).scalar_subquery()
    return list(
        db.session.scalars(select(AuditEntry).where(AuditEntry.seq.in_(newest)).order_by(AuditEntry.seq.desc()))
    )


def _walk(conditions: Conditions, floor: int, ceiling: int, size: int) -> Any:
    walk = select(AuditEntry.seq).where(*_within(conditions, floor, ceiling))
    return select(walk.order_by(AuditEntry.seq.desc()).limit(size).subquery().c.seq)


def _within(conditions: Conditions, floor: int, ceiling: int) -> Conditions:
    return [*conditions, AuditEntry.seq >= floor, AuditEntry.seq < ceiling]


def _of_case(choice: Choice, floor: int, ceiling: int) -> Found:
    """Return the rows of a case, which stand among the few about its post or thread; or of a decision, wherever.

    A case has no rows about people, and a decision that was taken against somebody none about the post: whoever asks
    by numbers can't learn whom a sanction hit (old rows of sanctions hold the case as a fact).
    """
    query = select(Case.id, Case.kind, Case.post_id, Post.thread_id, Decision.id.label("decision"), Decision.log_seq)
    query = query.outerjoin(Post, Post.id == Case.post_id).outerjoin(Decision, Decision.case_id == Case.id)
    number = Decision.id if choice.kind == "decision" else Case.id
    case = db.session.execute(query.where(number == choice.number)).first()
    if case is None:
        return Found([])
    targets: list[Conditions] = []
    if case.post_id and (choice.kind == "case" or not _is_nameless(case.log_seq)):
        name = f"thread:{case.thread_id}" if case.kind == Kind.THREAD else f"post:{case.post_id}"
        targets.append([AuditEntry.target == name])
    own = f"decision:{case.decision}"
    if choice.kind == "decision":
        targets += [[AuditEntry.target == own], [AuditEntry.seq == case.log_seq]]
    if not targets:
        return Found([])  # a profile: its rows name nobody
    rows = _rows(_branches(choice, targets), floor, ceiling, OF_ONE_CASE)
    return Found(
        [row for row in rows if row.facts.get("case") == case.id or row.target == own or row.seq == case.log_seq]
    )


def _is_nameless(seq: int | None) -> bool:
    """Whether the row is about somebody (or nobody knows which row it is), so that no post may be named with it."""
    target = db.session.scalar(select(AuditEntry.target).where(AuditEntry.seq == seq)) if seq else None
    return target is None or target.startswith(NAMELESS)


def month_of(moment: datetime) -> str:
    """Return the month of a moment as "2026-11", in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def bounds_of(month: str) -> tuple[datetime, datetime] | None:
    """Return where the month "2026-11" begins and ends in UTC, or None for what is no month."""
    try:
        start = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
        end = (start + timedelta(days=31)).replace(day=1)
    except (ValueError, OverflowError):
        return None
    return (start, end) if f"{start:%Y-%m}" == month else None


def months() -> tuple[str, str] | None:
    """Return the first and the last month in which the log has rows, or None for an empty log."""
    ends = [
        db.session.scalar(select(AuditEntry.at).order_by(order).limit(1))
        for order in (AuditEntry.seq, AuditEntry.seq.desc())
    ]
    return (month_of(ends[0]), month_of(ends[1])) if ends[0] and ends[1] else None


def last_of(start: datetime, end: datetime) -> tuple[int, str] | None:
    """Return number and hash of the last row between two moments, or None for none."""
    query = select(AuditEntry.seq, AuditEntry.hash).where(AuditEntry.at >= start, AuditEntry.at < end)
    row = db.session.execute(query.order_by(AuditEntry.at.desc(), AuditEntry.seq.desc()).limit(1)).first()
    return (row.seq, row.hash) if row else None


def between(start: datetime, end: datetime) -> Iterator[AuditEntry]:
    """Return the rows between two moments, oldest first, read by key in small parts on a connection of their own.

    An answer may be written long after its view has ended, and with it the session of the request.
    """
    return _between(db.engine, start, end)


def _between(engine: Engine, start: datetime, end: datetime) -> Iterator[AuditEntry]:
    after = 0
    while True:
        query = select(AuditEntry).where(AuditEntry.at >= start, AuditEntry.at < end, AuditEntry.seq > after)
        with Session(engine, expire_on_commit=False) as session:  # nothing stays open while a slow reader reads
            rows = session.scalars(query.order_by(AuditEntry.at, AuditEntry.seq).limit(CHUNK)).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        start, after = rows[-1].at, rows[-1].seq
