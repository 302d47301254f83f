"""Whether people without an account may flag posts: off until an admin turns it on. Moderation does the rest."""

from __future__ import annotations

from forum.accounts import policy
from forum.accounts.models import Person, User
from forum.core import audit, site
from forum.core.database import transaction
from forum.core.errors import Forbidden
from forum.threads.models import Post

SETTING = "visitor_flags"


def takes_flags() -> bool:
    """Whether visitors may flag posts."""
    return site.get(SETTING) is True


def may_flag(person: Person, post: Post) -> bool:
    """Whether this is a visitor who may flag the post; the link and the act ask here."""
    return not person.is_authenticated and post.is_visible and takes_flags()


def change(on: bool, by: User) -> bool:
    """Turn it on or off and write that to the public log; return whether it changed.

    Raises Forbidden for anybody but an admin.
    """
    if not policy.may_administer(by):
        raise Forbidden
    with transaction():
        if takes_flags() == on:
            return False
        site.put(SETTING, on, by.id)
        audit.record("flags.visitors", by=by, facts={"on": on})
    return True
