"""Browsers on which somebody has signed in before, known by a random cookie of which the database keeps the hash.

A known browser signs nobody in. It has a count of its own for wrong passwords, so that nobody's guessing elsewhere
keeps its owner out, and a sign-in from any other one is told to the owner.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import ColumnElement, Select, delete, or_, select, update

from forum.accounts.models import KnownDevice, Session, User
from forum.accounts.queries import LOGIN_LIMIT, by_login, email_key
from forum.accounts.sessions import fingerprint, tidy
from forum.core.database import db, now, transaction
from forum.core.jobs import sweeper

COOKIE = "device"
LIFETIME = timedelta(days=180)  # since the last sign-in
MOST = 20  # of one person; the one unused for longest gives way
_FORGOTTEN_AT_ONCE = 1_000


def known_for(login: str, token: str) -> KnownDevice | None:
    """Return the browser of `token` if whoever is called `login` (name or address) has signed in on it before.

    Whose it is, is asked as signing in asks it: a name may look like somebody else's address (checked on its skeleton,
    "@" is an "a"), and its bearer's browser would count guesses at the other's password on its own. As many statements
    whether there is such an account or not. Of several accounts with one address its owner comes first; only
    the password of the one whose browser this is may then be tried.
    """
    if not token:
        return None
    if "@" not in login:
        person = by_login(login)
        return of_person(person.id if person else 0, token)
    key = email_key(login.strip()[:LOGIN_LIMIT])
    query = select(KnownDevice).join(User, User.id == KnownDevice.user_id)
    query = query.where(_fits(token), or_(User.email_key == key, User.email_claim == key))
    return db.session.scalar(query.order_by(User.email_claim.is_not(None), KnownDevice.id.desc()).limit(1))


def of_person(user_id: int, token: str) -> KnownDevice | None:
    """Return the browser of `token` if this person has signed in on it before."""
    if not token:
        return None
    return db.session.scalar(select(KnownDevice).where(_fits(token), KnownDevice.user_id == user_id))


def remember(user_id: int, token: str, user_agent: str) -> tuple[KnownDevice, str, bool]:
    """Know this browser from now on; return its row, the token for its cookie, and whether it is new to the person.

    The token is new at every sign-in, also for the browser's other accounts: a copied one, or one that somebody put
    into this browser beforehand, is worth nothing afterwards. Joins the caller's transaction.
    """
    fresh = secrets.token_urlsafe(32)
    with transaction() as session:
        if token:
            moved = update(KnownDevice).where(_fits(token)).values(token_hash=fingerprint(fresh))
            session.execute(moved.execution_options(synchronize_session=False))
        device = of_person(user_id, fresh)
        is_new = device is None
        if device is None:
            device = KnownDevice(user_id=user_id, token_hash=fingerprint(fresh))
            session.add(device)
        device.user_agent, device.used_at = tidy(user_agent), now()
        session.flush()
        _forget(select(KnownDevice.id).where(KnownDevice.user_id == user_id)
                .order_by(KnownDevice.used_at.desc(), KnownDevice.id.desc()).offset(MOST).limit(MOST))  # fmt: skip
    return device, fresh, is_new


def forget_all(user_id: int) -> None:
    """Know none of the person's browsers any more; joins the caller's transaction."""
    with transaction():
        _forget(select(KnownDevice.id).where(KnownDevice.user_id == user_id))


def _fits(token: str) -> ColumnElement[bool]:
    return (KnownDevice.token_hash == fingerprint(token)) & (KnownDevice.used_at > now() - LIFETIME)


def _forget(query: Select[int]) -> None:
    ids = db.session.scalars(query).all()
    if ids:
        with transaction() as session:
            session.execute(update(Session).where(Session.device_id.in_(ids)).values(device_id=None))
            session.execute(delete(KnownDevice).where(KnownDevice.id.in_(ids)))


@sweeper
def forget_unused() -> None:
    """Delete browsers on which nobody has signed in for half a year, some at a time; they count as unknown already."""
    _forget(select(KnownDevice.id).where(KnownDevice.used_at <= now() - LIFETIME).limit(_FORGOTTEN_AT_ONCE))
