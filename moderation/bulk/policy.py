"""Who may see and reverse a bulk act."""

from __future__ import annotations

from datetime import timedelta

from forum.accounts.models import Person
from forum.core.database import now
from moderation.bulk.models import BulkAct
from moderation.models import Outcome
from moderation.policy import sees_desk, sees_everything

# Nobody is warned or suspended in passing; spam comes from many accounts at once, and they are closed as one act.
OUTCOMES = (Outcome.KEEP, Outcome.HIDE, Outcome.REMOVE, Outcome.CLOSE)
REVERSIBLE = timedelta(days=1)  # by whoever made it; an admin is not bound


def outcomes(person: Person) -> tuple[Outcome, ...]:
    """Return what the person may decide about several cases: accounts are closed by moderators of the whole forum."""
    return tuple(each for each in OUTCOMES if each != Outcome.CLOSE or sees_everything(person))


def sees_act(person: Person, act: BulkAct) -> bool:
    """Whether the person may open a bulk act: its maker and the admins."""
    return sees_desk(person) and (act.maker_id == person.id or bool(person.is_admin))


def may_reverse(person: Person, act: BulkAct) -> bool:
    """Whether the person may take all of it back that still stands."""
    if not sees_act(person, act) or act.reversed_at is not None:
        return False
    return bool(person.is_admin) or now() - act.made_at <= REVERSIBLE
