"""Noting something about a case, reading what others noted, and handing the case over."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.accounts.models import User
from forum.core import audit
from forum.core.database import now, transaction
from forum.core.errors import Forbidden, Refused
from forum.notifications.actions import Notice, tell, tell_all
from moderation import cases
from moderation.effects.shape import scope_of, target_of
from moderation.models import Case
from moderation.notes import queries
from moderation.notes.models import CaseNote
from moderation.notes.policy import may_open_notes, reads_notes


def write(case_id: int, by: User, body: str) -> CaseNote:
    """Note something about a case, also a decided one, for its moderators. Raises NotFound, Forbidden, Refused."""
    with transaction():
        case = cases.locked_case(case_id)
        if not may_open_notes(by, case):
            raise Forbidden(_l("The notes of this case are for its other moderators."))
        if not body:
            raise Refused(_l("Please write something."))
        return _kept(case, by, body)


def open_notes(case: Case, by: User) -> bool:
    """Say in the public log, and to all other admins, that an admin reads the notes of a case that others handle.

    Returns whether it was said; whoever works on the case reads them without. Raises Forbidden.
    """
    if reads_notes(by, case):
        return False
    if not may_open_notes(by, case):
        raise Forbidden(_l("The notes of this case are for its other moderators."))
    with transaction() as session:
        facts = {"case": case.id}
        entry = audit.record("notes.read", by=by, scope=scope_of(case), target=target_of(case), facts=facts)
        session.flush()
        admins = [each for each in queries.staff() if each.is_admin and each.id != by.id]
        tell_all(Notice(each.id, "notes_read", f"notes:{entry.seq}", actor_id=by.id, facts=facts) for each in admins)
    return True


def hand_over(case_id: int, by: User, to: User | None, body: str = "") -> CaseNote | None:
    """Give an open case to another moderator, who is told, or with `to` None back to the queue; return the note.

    The other holds it from now on as if they had claimed it; a claim that runs out frees the case as ever.
    Raises NotFound; Conflict when it is decided, or held by a third; Forbidden when `by` or `to` may not decide it.
    """
    with transaction() as session:
        case = cases.locked_case(case_id)
        cases.check(case, by)
        if to is None:
            case.claimed_by_id = case.claimed_at = None
            return _kept(case, by, body) if body else None
        if to.id not in {each.id for each in queries.possible_holders(case, by)}:
            raise Forbidden(_l("This person may not decide this case."))
        case.claimed_by_id, case.claimed_at = to.id, now()
        note = _kept(case, by, body, to)
        session.flush()
        tell(to.id, "handed_over", f"note:{note.id}", actor_id=by.id, facts={"case": case.id})
        return note


def _kept(case: Case, by: User, body: str, to: User | None = None) -> CaseNote:
    with transaction() as session:
        note = CaseNote(case_id=case.id, author_id=by.id, to_id=to.id if to else None, body=body, created_at=now())
        session.add(note)
        return note
