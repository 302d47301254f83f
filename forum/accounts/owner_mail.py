"""Letters that tell the owner of an account what was done with it, and what to do if it wasn't them."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.devices import browser_and_system
from forum.accounts.models import User
from forum.core import i18n, security_log
from forum.core.database import db
from forum.mail.actions import owe
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail


def tell(user: User, letter: str, **facts: Any) -> None:
    """Owe the owner of `user` a letter of this room; joins the caller's transaction. Without an address: nothing.

    The security log has what they are told of their factors, also when nobody can be told.
    """
    if letter == "security_changed":
        security_log.note_after_commit("factor.changed", user.id, what=str(facts["what"]))
    if user.email:
        owe(
            letter,
            user.email,
            f"{letter}:{user.id}:{secrets.token_hex(8)}",
            language=user.language,
            user_id=user.id,
            facts={**facts, "name": _name(user), "zone": user.timezone or "UTC"},
        )


def tell_of_new_device(user: User, user_agent: str) -> None:
    """Owe the letter about a sign-in from a browser that the account did not know."""
    browser, system = browser_and_system(user_agent)
    tell(user, "new_device", browser=browser, system=system)


def _name(user: User) -> str:
    """Return how to address them: by the user name as long as the address may be a stranger's, who reads the letter."""
    return user.username if user.email_claim or user.email_key is None else user.name


def is_nobody_elses(mail: Mail) -> bool:
    """Whether the letter's address is not known to be another's: whoever typed it writes no letters to its owner.

    It is asked when the letter is sent: until then the same happens whatever the address (docs/decisions/0004).
    """
    person = db.session.get(User, mail.user_id) if mail.user_id else None
    return person is not None and person.email_key is not None


def _moment(mail: Mail) -> Mapping[str, Any]:
    """Return the moment in the reader's zone and language (the letter's, which is in force when this is asked)."""
    return {"moment": i18n.exact(mail.created_at, str(mail.facts["zone"]))}


LETTERS["new_device"] = Letter(_l("A sign-in on a new device"), still_due=is_nobody_elses, extra=_moment)
LETTERS["password_changed"] = Letter(_l("Your password was changed"), still_due=is_nobody_elses, extra=_moment)
LETTERS["security_changed"] = Letter(
    _l("The security of your account was changed"), still_due=is_nobody_elses, extra=_moment
)
