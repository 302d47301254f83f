"""Who may see how well the ranker does, and who chooses what it may do."""

from __future__ import annotations

from forum.accounts.models import Person
from moderation.policy import sees_everything


def may_see(person: Person) -> bool:
    """Whether the person may see the figures: whoever moderates the whole forum."""
    return sees_everything(person)


def may_choose(person: Person) -> bool:
    """Whether the person chooses what is asked and held: an administrator."""
    return sees_everything(person) and bool(person.is_admin)
