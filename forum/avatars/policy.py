"""Who may show a picture of themselves."""

from __future__ import annotations

from forum.accounts.models import Person
from forum.accounts.policy import may_take_part


def may_set_avatar(person: Person) -> bool:
    """Whether the person may show a picture: nobody whose account still waits for a link or a moderator's yes."""
    return may_take_part(person) and bool(person.is_approved)
