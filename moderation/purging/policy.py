"""Who may purge, and what: pure functions for the page and the action."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person
from forum.accounts.policy import may_administer
from forum.threads.models import Post, State

PURGEABLE = (State.REMOVED, State.DELETED)


def may_purge(person: Person) -> bool:
    """Whether the person may purge anything: administrators, whom all others watch."""
    return may_administer(person)


def why_not(person: Person, post: Post, *, is_alone: bool) -> Any | None:
    """Return why the person can't purge this post (a translated sentence), or None; `is_alone`: no other admin is."""
    if post.author_id == person.id and not is_alone:
        return _l("This is your own post. Another administrator purges it.")
    if post.state not in PURGEABLE:
        return _l("Only a post that was removed or deleted can be purged. Decide about it first.")
    return None
