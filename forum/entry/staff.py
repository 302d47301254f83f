"""Whether moderators and administrators need a second factor: the switch, and who of them has one."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from forum.accounts import policy
from forum.accounts.models import User
from forum.core import audit, site
from forum.core.database import db, transaction
from forum.core.errors import Forbidden
from forum.entry.admission import STAFF_SETTING
from forum.entry.models import Authenticator, Passkey


def ask_for_second_factor(needed: bool, by: User) -> bool:
    """Ask staff for a second factor from now on, or no more; return whether that changed. Logged in public."""
    with transaction():
        if not policy.may_administer(by):
            raise Forbidden(_l("This part is for administrators."))
        if bool(site.get(STAFF_SETTING, False)) == needed:
            return False
        site.put(STAFF_SETTING, needed, by.id)
        audit.record("staff.second_factor", by=by, target="site", facts={"needed": needed})
    return True


def with_second_factor(user_ids: Collection[int]) -> set[int]:
    """Return those of these people who have an authenticator in force or a passkey."""
    codes = select(Authenticator.user_id).where(
        Authenticator.user_id.in_(user_ids), Authenticator.confirmed_at.is_not(None)
    )
    keys = select(Passkey.user_id).where(Passkey.user_id.in_(user_ids))
    return {*db.session.scalars(codes), *db.session.scalars(keys)}
