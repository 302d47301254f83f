"""Who may hold, use and grant credentials; pure functions for the button and the action."""

from __future__ import annotations

from forum.accounts.models import Person, User
from forum.accounts.policy import may_administer, may_take_part
from forum.experts.models import Credential


def may_answer_as(person: Person, credential: Credential, thread_subtheme_id: int) -> bool:
    """Whether the person may write an answer with this credential in a thread of that sub-theme, now."""
    return (
        may_take_part(person)
        and credential.user_id == person.id
        and credential.subtheme_id == thread_subtheme_id
        and credential.in_force
    )


def may_decide(by: Person | None, holder: User) -> bool:
    """Whether `by` may grant a credential to `holder` or revoke theirs: an admin, never their own."""
    return by is None or (may_administer(by) and by.id != holder.id)
