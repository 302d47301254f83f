"""What people who attend are told: by a notice and a letter, written once for each cause however often it is tried."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.accounts import mailing
from forum.accounts.models import Standing, User
from forum.core.database import db
from forum.mail.actions import owe
from forum.notifications.actions import Notice, tell_all
from forum.programme.models import Attendance, Item

KIND = "programme"  # of notices, of mail, and the letter's name
AT_ONCE = 200
DAY, SOON, PLACE = "day", "soon", "place"  # what is told, besides models.News


def tell_of_places(item: Item, attendances: Iterable[Attendance]) -> None:
    """Tell those who waited that they have a place now; joins the caller's transaction."""
    for attendance in attendances:
        _tell(item, PLACE, f"place:{attendance.id}", [attendance.person_id])


def tell_of_reminder(item: Item, what: str, person_ids: Collection[int]) -> None:
    """Remind those who attend; a moved item reminds anew. Joins the caller's transaction."""
    _tell(item, what, f"{what}:{item.starts_at:%y%m%d%H%M}", person_ids)


def tell_news(item: Item, after: int) -> int | None:
    """Tell some of those who signed up before it what changed, behind the attendance `after`; return where to go on.

    None when that were all.
    """
    query = select(Attendance.id, Attendance.person_id).where(Attendance.item_id == item.id, Attendance.id > after)
    query = query.where(Attendance.signed_up_at <= item.revised_at)
    rows = db.session.execute(query.order_by(Attendance.id).limit(AT_ONCE)).all()
    _tell(item, item.news, f"news:{item.sequence}", [row.person_id for row in rows])
    return rows[-1].id if len(rows) == AT_ONCE else None


def facts_of(item: Item, what: str) -> dict[str, Any]:
    """Return what a notice and a letter keep of an item: it says what was so when it was told."""
    return {
        "item": item.id,
        "what": str(what),
        "en": item.title_en,
        "zh": item.title_zh,
        "starts": item.starts_at.isoformat(),
        "ends": item.ends_at.isoformat(),
    }


def moment_of(facts: dict[str, Any], name: str) -> datetime:
    """Return a moment of such facts."""
    return datetime.fromisoformat(facts[name])


def _tell(item: Item, what: str, cause: str, person_ids: Collection[int]) -> None:
    facts, key = facts_of(item, what), f"item:{item.id}:{cause}"
    tell_all(Notice(person_id, KIND, key, facts=facts) for person_id in person_ids)
    for person in _reachable(person_ids):
        owe(
            KIND,
            person.email or "",
            f"{key}:{person.id}",
            language=person.language,
            user_id=person.id,
            kind=KIND,
            facts={"name": person.name, **facts},
        )


def _reachable(person_ids: Collection[int]) -> Iterable[User]:
    """Those whose address is their own as far as we know, and who want such letters."""
    people = db.session.scalars(select(User).where(User.id.in_(person_ids), User.standing != Standing.CLOSED))
    return [
        person
        for person in people
        if person.email_key and person.is_confirmed and mailing.wants(person, KIND) and not mailing.comes_back(person)
    ]
