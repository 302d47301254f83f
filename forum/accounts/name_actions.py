"""Changing one's user name. The former one still leads to its bearer, and nobody else may take it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.accounts import policy, queries, screening, silences
from forum.accounts.fields import check_free, refuse_reserved, well_formed
from forum.accounts.models import NameChange, User
from forum.accounts.refusals import BadField
from forum.config import NAME_PAUSE
from forum.core import signals
from forum.core.database import announce, db, must_lock, now, transaction
from forum.core.errors import Forbidden
from forum.core.text import skeleton

# Called with the person's id inside the transaction of a change: rooms above owe what they keep under the name.
on_renamed: list[Callable[[int], None]] = []


def change_name(user: User, wanted: str, *, site_name: str = "") -> bool:
    """Give the person another user name and return whether it changed.

    Raises `BadField` for a name that can't be borne, that another bears or bore, or when the last change was less
    than 30 days ago (admins may); Forbidden for somebody who may not take part.
    """
    name = well_formed(wanted)
    refuse_reserved(name, site_name)
    screening.check("username", user, [name])
    try:
        return _change(user, name)
    except IntegrityError:  # somebody took it this very moment: the second look sees by whom
        return _change(user, name)


def _change(user: User, name: str) -> bool:
    with transaction() as session:
        person = must_lock(User, user.id)
        if (why := silences.why_silent(person)) is not None:
            raise BadField("username", why)
        if not policy.may_take_part(person):
            raise Forbidden
        if person.username == name:
            return False
        if (moment := next_change(person)) and moment > now():
            raise BadField("username", _l("A user name can be changed every %(days)s days.", days=NAME_PAUSE.days))
        check_free(name, but_for=person.id)
        session.add(NameChange(user_id=person.id, former=person.username, former_key=skeleton(person.username)))
        person.username, person.username_key = name, skeleton(name)
        for owe in on_renamed:
            owe(person.id)
        announce(signals.person_renamed, user_id=person.id)
    return True


def retire(person: User) -> None:
    """Take the names of somebody who leaves away, present and former, and keep that nobody else takes them.

    Only fingerprints are left; joins the caller's transaction, which gives the row another name.
    """
    with transaction() as session:
        for change in session.scalars(select(NameChange).where(NameChange.user_id == person.id)):
            if change.former:
                change.former_key, change.former = queries.retired(change.former_key), ""
        session.add(NameChange(user_id=person.id, former="", former_key=queries.retired(person.username_key)))
        for owe in on_renamed:
            owe(person.id)
        announce(signals.person_renamed, user_id=person.id)


def next_change(user: User) -> datetime | None:
    """Return when the person may change their name again, a moment that may have passed; None if nothing binds."""
    if user.is_admin:
        return None
    own = NameChange.user_id == user.id, NameChange.former != ""  # else a moderator took it away
    last = select(NameChange.changed_at).where(*own).order_by(NameChange.id.desc()).limit(1)
    changed_at = db.session.scalar(last)
    return changed_at + NAME_PAUSE if changed_at else None
