"""Who may use, grant, renew and revoke credentials; pure functions for the button and the action."""

from __future__ import annotations

from forum.accounts.models import Person
from forum.accounts.policy import may_take_part
from forum.experts.models import Credential
from forum.subthemes.policy import looks_after


def may_answer_as(person: Person, credential: Credential, thread_subtheme_id: int) -> bool:
    """Whether the person may write an answer with this credential in a thread of that sub-theme, now."""
    return (
        may_take_part(person)
        and credential.user_id == person.id
        and credential.subtheme_id == thread_subtheme_id
        and credential.in_force
    )


def may_decide(by: Person | None, holder: Person, subtheme_id: int | None) -> bool:
    """Whether `by` may grant, decline, renew or revoke a credential of `holder` for this sub-theme; never their own.

    A moderator of that sub-theme may, so may moderators of the whole forum and admins; None is the operator at the
    console.
    """
    return by is None or (may_take_part(by) and looks_after(by, subtheme_id) and by.id != holder.id)
