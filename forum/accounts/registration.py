"""How one gets in: the four modes that an admin sets, and whether anybody looks after the forum at all."""

from __future__ import annotations

import enum
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from forum.accounts import policy, queries
from forum.accounts.models import Role, RoleGrant, User
from forum.core import audit, site
from forum.core.database import db, now, transaction
from forum.core.errors import Forbidden, Refused

SETTING = "registration"
UNWATCHED = timedelta(days=7)  # without a moderator who signs in, nobody new comes in (issue 3)


class Mode(enum.StrEnum):
    """By a link to one's address; by a member's invitation; by a moderator's yes; by filling in the form."""

    CONFIRM = "confirm"
    INVITATION = "invitation"
    APPROVAL = "approval"
    OPEN = "open"


def default_mode(*, sends_mail: bool, production: bool) -> Mode:
    """Return the mode until an admin has chosen: without a mail server nobody would receive a link."""
    if sends_mail:
        return Mode.CONFIRM
    return Mode.APPROVAL if production else Mode.OPEN


def mode(*, sends_mail: bool, production: bool) -> Mode:
    """Return the mode that is in force."""
    chosen = site.get(SETTING)
    return Mode(chosen) if chosen in set(Mode) else default_mode(sends_mail=sends_mail, production=production)


def is_unwatched() -> bool:
    """Whether no moderator or admin has signed in for a week: then nobody new is let in.

    A new role counts as its holder's being there. Staff that came with an import and never signed in don't count; a
    forum that has none yet is open, since nobody has stopped coming.
    """
    came_here = User.source_id.is_(None) | User.signed_in_at.is_not(None)
    seen = func.max(func.coalesce(User.signed_in_at, User.created_at))
    granted = select(func.max(RoleGrant.granted_at)).where(RoleGrant.role != Role.NETIZEN)
    moments = (db.session.scalar(select(seen).where(queries.HAS_ROLE, came_here)), db.session.scalar(granted))
    known = [moment for moment in moments if moment]
    return bool(known) and max(known) < now() - UNWATCHED


def change(chosen: str, by: User) -> bool:
    """Set the mode and write it to the public log; return whether that changed the setting.

    Raises Forbidden for anybody but an admin, Refused for what is no mode.
    """
    if not policy.may_administer(by):
        raise Forbidden
    if chosen not in set(Mode):
        raise Refused(_l("There is no such way to join."))
    with transaction():
        former = site.get(SETTING)
        if former == chosen:
            return False
        site.put(SETTING, str(chosen), by.id)
        audit.record("registration.changed", by=by, facts={"mode": str(chosen)})
    return True
