"""What an administrator does for somebody that other rooms carry out; written to the public log here."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from forum.accounts import policy
from forum.accounts.models import User
from forum.core import audit
from forum.core.database import transaction
from forum.core.errors import Forbidden, Refused
from forum.entry import resets


def send_reset(user: User, by: User) -> None:
    """Send the person a link to set a new password; logged in public.

    Raises Forbidden for anybody but an admin, Refused when there is no address to send it to.
    """
    with transaction():
        if not policy.may_administer(by):
            raise Forbidden
        if user.email_key is None or user.email is None or user.is_closed:
            raise Refused(_l("This account has no confirmed e-mail address."))
        resets.ask(user.email, user.language)
        audit.record("person.reset_sent", by=by, target=f"person:{user.id}")
