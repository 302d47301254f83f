"""Who may do what with sub-themes; pure functions for the button and the action."""

from __future__ import annotations

from forum.accounts.models import Person
from forum.accounts.policy import may_administer, may_take_part
from forum.subthemes.models import SubTheme


def may_edit(person: Person) -> bool:
    """Whether the person may make, edit and archive sub-themes."""
    return may_administer(person)


def may_start_thread_in(person: Person, subtheme: SubTheme) -> bool:
    """Whether the person may start a thread here: nobody starts one in an archived sub-theme."""
    return may_take_part(person) and subtheme.archived_at is None
