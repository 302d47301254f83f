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
from moderation.purging.queries import purges_of
from moderation.transparency.choosing import Choice
from moderation.transparency.queries import entries

_POST = "post:"


@dataclass(frozen=True)
class Act:
    """One row: who did it (None: the operator, or the program), to whom (None: it isn't about a person), and why.

    Only a purge has a reason in words.
    """

    entry: AuditEntry
    by: User | None
    person: User | None
    post_id: int
    reason: str


def acts(before: int | None = None) -> Page[Act]:
    """Return one page of what administrators did, newest first, older than the row `before`; at most four reads."""
    found = entries(Choice(acts=WATCHED), before)
    people = _people(found.entries)
    reasons = {
        post_id: row.reason for post_id, row in purges_of({_number(row, _POST) for row in found.entries}).items()
    }
    listed = [_act(row, people, reasons) for row in found.entries]
    return Page(listed, str(found.before) if found.before else "")


def _act(row: AuditEntry, people: dict[int, User], reasons: dict[int, str]) -> Act:
    post_id = _number(row, _POST)
    reason = reasons.get(post_id, "") if row.act == "post.purged" else ""
    return Act(row, people.get(row.actor_id or 0), people.get(_number(row, PERSON)), post_id, reason)


def _people(rows: Sequence[AuditEntry]) -> dict[int, User]:
    ids = {row.actor_id or 0 for row in rows} | {_number(row, PERSON) for row in rows}
    return {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(ids - {0})))}


def _number(row: AuditEntry, kind: str) -> int:
    """Return the number of the row's target if it is of this kind ("post:"), else 0."""
    number = row.target.removeprefix(kind)
    return int(number) if number != row.target and number.isdecimal() else 0
