"""What people who attend are told: by a notice and a letter, written once for each cause however often it is tried."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from forum.accounts import mailing
from forum.accounts.models import Standing, User
from forum.core.database import db
from forum.mail.actions import Owed, owe_all
from forum.notifications.actions import Notice, tell_all
from forum.programme.models import Attendance, Item

KIND = "programme"  # of notices, of mail, and the letter's name
AT_ONCE = 200
DAY, SOON, PLACE, NAMED = "day", "soon", "place", "named"  # what is told, besides models.News


def tell_of_places(item: Item, attendances: Mapping[int, int]) -> None:
    """Tell those who waited, {person: attendance}, that they have a place now; joins the caller's transaction."""
    _tell(item, PLACE, {person_id: f"place:{row_id}" for person_id, row_id in attendances.items()})


def tell_of_reminder(item: Item, what: str, person_ids: Collection[int]) -> None:
    """Remind those who attend; a moved item reminds anew. Joins the caller's transaction."""
    _tell(item, what, dict.fromkeys(person_ids, f"{what}:{item.starts_at:%y%m%d%H%M}"))


def tell_of_naming(item: Item, person_ids: Collection[int]) -> None:
    """Tell people that they are named as speakers, each time that it happens; joins the caller's transaction."""
    _tell(item, NAMED, dict.fromkeys(sorted(person_ids), f"named:{item.version}"))


def tell_news(item: Item, after: int) -> int | None:
    """Tell some of those who signed up before it what changed, behind the attendance `after`; return where to go on.

    None when that were all. Who speaks there is told with the first; whoever does both is told once.
    """
    query = select(Attendance.id, Attendance.person_id).where(Attendance.item_id == item.id, Attendance.id > after)
    query = query.where(Attendance.signed_up_at <= item.revised_at)
    rows = db.session.execute(query.order_by(Attendance.id).limit(AT_ONCE)).all()
    people = {row.person_id for row in rows} | (set() if after else speaking_at(item))
    _tell(item, item.news, dict.fromkeys(sorted(people), f"news:{item.sequence}"))
    return rows[-1].id if len(rows) == AT_ONCE else None


def speaking_at(item: Item) -> set[int]:
    """Return the accounts that speak at the item."""
    return {speaker.user_id for speaker in item.speakers if speaker.user_id is not None}


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


def _tell(item: Item, what: str, causes: Mapping[int, str]) -> None:
    """Tell people of an item, {person: the cause}, which makes one notice and one letter however often it is told."""
    facts = facts_of(item, what)
    keys = {person_id: f"item:{item.id}:{cause}" for person_id, cause in causes.items()}
    tell_all(Notice(person_id, KIND, key, facts=facts) for person_id, key in keys.items())
    owe_all(
        Owed(
            KIND, person.email or "", f"{keys[person.id]}:{person.id}", person.language, person.id, KIND,
            {"name": person.name, **facts},
        )
        for person in _reachable(keys)
    )  # fmt: skip


def _reachable(person_ids: Collection[int]) -> Iterable[User]:
    """Those whose address is their own as far as we know, and who want such letters."""
    people = db.session.scalars(select(User).where(User.id.in_(person_ids), User.standing != Standing.CLOSED))
    return [
        person
        for person in people
        if person.email_key and person.is_confirmed and mailing.wants(person, KIND) and not mailing.comes_back(person)
    ]
