"""Who reads the notes of a case without a word: its moderators, and an admin only who works on the case."""

from __future__ import annotations

from forum.accounts.models import Person
from moderation.models import Case
from moderation.policy import sees_case


def may_open_notes(person: Person, case: Case) -> bool:
    """Whether the notes are for the person at all: never for whom the case is about, a moderator or not."""
    return sees_case(person, case) and case.author_id != person.id


def reads_notes(person: Person, case: Case) -> bool:
    """Whether the person reads the notes as part of the work; an admin who doesn't handle the case is noted for it.

    Whoever decides a case holds it from then on, so that `claimed_by_id` says who handled it afterwards too.
    """
    if not may_open_notes(person, case):
        return False
    if not person.is_admin:
        return True
    return bool(case.claimed_by_id == person.id and (case.holder_id == person.id or not case.is_open))
