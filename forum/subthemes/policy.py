"""Who may do what with sub-themes; pure functions for the button and the action."""

from __future__ import annotations

from forum.accounts.models import Person
from forum.accounts.policy import may_administer


def looks_after(person: Person, subtheme_id: int | None) -> bool:
    """Whether moderating this sub-theme is the person's office: all are for moderators, for others those given."""
    return bool(person.is_moderator) or subtheme_id in person.moderates


def may_appoint(by: Person | None, user: Person) -> bool:
    """Whether `by` may make `user` a moderator of a sub-theme, or end that: an admin, never for themselves.

    None is the operator at the console.
    """
    return by is None or (may_administer(by) and by.id != user.id)


def may_edit(person: Person) -> bool:
    """Whether the person may make, edit and archive sub-themes."""
    return may_administer(person)
