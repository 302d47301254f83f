"""Who may do what with sub-themes; pure functions for the button and the action."""

from __future__ import annotations

from forum.accounts.models import Person
from forum.accounts.policy import may_administer


def may_edit(person: Person) -> bool:
    """Whether the person may make, edit and archive sub-themes."""
    return may_administer(person)
