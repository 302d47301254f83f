"""Editions, items and who attends, read from the database. Every list is bounded and served by an index."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import contains_eager, defer, joinedload, selectinload

from forum.accounts.models import Person, User
from forum.asking.models import AskSession
from forum.core.database import db, now
from forum.programme.models import Attendance, CalendarKey, Edition, Item, Speaker

EDITIONS_MOST = 60  # one a year, and some more
ITEMS_MOST = 400  # of one edition: a page shows them all
MINE_MOST = 200
HOME_MOST, NEXT_LEAST, NOW_MOST = 4, 2, 7  # on the home page; as many tracks as run side by side, and what comes next
AT_ONCE_MOST = 3  # editions on the home page
LOOKED_AT = 40  # items of which some run: those of a few parallel tracks
AHEAD = timedelta(hours=36)  # how far the home page looks for what comes next
MINE_KEPT = timedelta(days=60)  # for which an own calendar holds what is over


def editions() -> Sequence[Edition]:
    """Return all editions, the latest first."""
    query = select(Edition).order_by(Edition.starts_on.desc(), Edition.id.desc())
    return db.session.scalars(query.limit(EDITIONS_MOST)).all()


def current_of(found: Sequence[Edition]) -> Edition | None:
    """Return which of the editions is shown first: one that runs, else the next, else the latest."""
    moment = now()
    running = [edition for edition in found if edition.runs_at(moment)]
    coming = [edition for edition in found if edition.starts_on >= moment.date()]
    nearest = running or coming or found[:1]
    return nearest[-1] if nearest else None


def edition(slug: str) -> Edition | None:
    """Return the edition with this address, or None."""
    return db.session.scalar(select(Edition).where(Edition.slug == slug))


def items_of(edition_id: int) -> Sequence[Item]:
    """Return the edition's items by their beginning, with sub-themes and speakers."""
    query = _listed().where(Item.edition_id == edition_id).order_by(Item.starts_at, Item.id)
    return db.session.scalars(query.limit(ITEMS_MOST)).all()


def item(item_id: int) -> Item | None:
    """Return one item with everything that its page shows, or None."""
    query = select(Item).where(Item.id == item_id).options(
        joinedload(Item.edition), joinedload(Item.subtheme), joinedload(Item.thread), _speakers(),
        joinedload(Item.session).joinedload(AskSession.thread),
    )  # fmt: skip
    return db.session.scalar(query)


def item_of(thread_id: int) -> Item | None:
    """Return the item that is discussed in this thread, as lists show it with its edition, or None."""
    return _joined(Item.thread_id == thread_id)


def item_with_session(thread_id: int) -> Item | None:
    """Return the item whose session this thread is, in the same way, or None."""
    session_id = select(AskSession.id).where(AskSession.thread_id == thread_id).scalar_subquery()
    return _joined(Item.session_id == session_id)


def _joined(condition: ColumnElement[bool]) -> Item | None:
    return db.session.scalar(_listed(speakers=False).where(condition).options(joinedload(Item.edition)))


def going_on() -> list[Sequence[Item]]:
    """Return items that run now and the first of those within a day and a half, for each edition whose days these are.

    What runs, however much, does not hide what comes next. The edition whose item begins first stands first.
    """
    moment = now()
    near = (moment - timedelta(days=1)).date(), (moment + timedelta(days=1)).date()  # whatever the venue's zone
    query = (
        _listed(speakers=False)
        .join(Item.edition)
        .options(contains_eager(Item.edition))
        .where(Item.cancelled_at.is_(None), Item.ends_at > moment, Item.starts_at < moment + AHEAD)
        .where(Edition.starts_on <= near[1], Edition.ends_on >= near[0])
    )
    found = db.session.scalars(query.order_by(Item.starts_at, Item.id).limit(LOOKED_AT)).all()
    by_edition: dict[int, list[Item]] = {}
    for item in found:
        by_edition.setdefault(item.edition_id, []).append(item)
    return [_now_and_next(items, moment) for items in list(by_edition.values())[:AT_ONCE_MOST]]


def _now_and_next(found: Sequence[Item], moment: datetime) -> Sequence[Item]:
    running = [item for item in found if item.starts_at <= moment][:NOW_MOST]
    coming = [item for item in found if item.starts_at > moment]
    return [*running, *coming[: max(NEXT_LEAST, HOME_MOST - len(running))]]


def seats_of(person: Person, item_ids: Collection[int]) -> dict[int, Attendance]:
    """Return the person's attendances at these items, by the item's id; no statement for a stranger."""
    if not (person.is_authenticated and item_ids):
        return {}
    query = select(Attendance).where(Attendance.person_id == person.id, Attendance.item_id.in_(item_ids))
    return {row.item_id: row for row in db.session.scalars(query)}


def attended_by(user_id: int) -> Sequence[Attendance]:
    """Return what the person has signed up for and is not long over, by its beginning, with items and editions."""
    query = (
        select(Attendance)
        .join(Attendance.item)
        .where(Attendance.person_id == user_id, Item.ends_at > now() - MINE_KEPT)
        .options(
            contains_eager(Attendance.item).options(
                joinedload(Item.edition), joinedload(Item.subtheme), *_without_texts(), _speakers()
            )
        )
        .order_by(Item.starts_at, Item.id)
    )
    return db.session.scalars(query.limit(MINE_MOST)).all()


def calendar_key(user_id: int) -> CalendarKey | None:
    """Return the row of the person's private calendar address, or None."""
    return db.session.get(CalendarKey, user_id)


def calendar_owner(key_hash: str) -> User | None:
    """Return whose private calendar address has this hash, or None."""
    query = select(User).join(CalendarKey, CalendarKey.user_id == User.id).where(CalendarKey.key_hash == key_hash)
    return db.session.scalar(query)


def _listed(*, speakers: bool = True) -> Select[Item]:
    """Items as lists show them: without the long texts that only their page needs."""
    query = select(Item).options(joinedload(Item.subtheme), *_without_texts())
    return query.options(_speakers()) if speakers else query


def _without_texts() -> list[Any]:
    return [defer(column) for column in (Item.agenda, Item.agenda_html, Item.notes, Item.notes_html)]


def _speakers() -> Any:
    return selectinload(Item.speakers).joinedload(Speaker.user).options(defer(User.bio), defer(User.bio_html))
