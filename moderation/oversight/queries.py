"""Reading the watched rows of the log with the people in them, whom the public log seals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from forum.accounts.models import User
from forum.core.audit import PERSON, AuditEntry
from forum.core.database import db
from forum.core.paging import Page
from moderation.oversight.wording import WATCHED
from moderation.transparency.choosing import Choice
from moderation.transparency.queries import entries


@dataclass(frozen=True)
class Act:
    """One row: who did it (None: the operator, or the program), and to whom (None: it isn't about a person)."""

    entry: AuditEntry
    by: User | None
    person: User | None


def acts(before: int | None = None) -> Page[Act]:
    """Return one page of what administrators did, newest first, older than the row `before`; at most four reads."""
    found = entries(Choice(acts=WATCHED), before)
    people = _people(found.entries)
    listed = [Act(row, people.get(row.actor_id or 0), people.get(_person_in(row))) for row in found.entries]
    return Page(listed, str(found.before) if found.before else "")


def _people(rows: Sequence[AuditEntry]) -> dict[int, User]:
    ids = {row.actor_id or 0 for row in rows} | {_person_in(row) for row in rows}
    return {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(ids - {0})))}


def _person_in(row: AuditEntry) -> int:
    number = row.target.removeprefix(PERSON)
    return int(number) if number != row.target and number.isdecimal() else 0
