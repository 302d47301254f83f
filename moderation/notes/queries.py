"""Reading notes, and who may be handed a case."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import joinedload

from forum.accounts.models import User
from forum.core.database import db
from moderation import policy, queries
from moderation.models import Case
from moderation.notes.models import CaseNote

NOTES_SHOWN = 50  # of one case, the latest
STAFF_MOST = 200  # people who moderate anything


def notes_of(case_id: int) -> Sequence[CaseNote]:
    """Return the case's latest notes with who wrote them, oldest first, at most NOTES_SHOWN."""
    query = select(CaseNote).where(CaseNote.case_id == case_id)
    query = query.options(joinedload(CaseNote.author), joinedload(CaseNote.to)).order_by(CaseNote.id.desc())
    return db.session.scalars(query.limit(NOTES_SHOWN)).all()[::-1]


def staff() -> list[User]:
    """Return everybody who moderates the forum or a part of it, by name. Two small indexes are read."""
    offices = (text("role <> 'netizen'"), text("moderates <> ''"))
    found = {
        each.id: each for office in offices for each in db.session.scalars(select(User).where(office).limit(STAFF_MOST))
    }
    return sorted(found.values(), key=lambda each: each.name)


def possible_holders(case: Case, by: User) -> list[User]:
    """Return everybody else who may decide the case (its author loaded): to them it can be handed."""
    flaggers = {flagger_id for _flag_id, flagger_id in queries.flaggers_of(case.id)}
    others = (each for each in staff() if each.id != by.id and not each.is_closed)
    return [each for each in others if policy.objection(each, case, has_flagged=each.id in flaggers) is None]
