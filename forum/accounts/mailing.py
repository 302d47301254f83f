"""What mail asks about people: who wants which kind of mail, and to whom mail does not get through."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from sqlalchemy import case, update

from forum.accounts.models import User
from forum.core.database import db, locked, now, transaction
from forum.mail import recipients
from forum.mail.letters import KINDS, ON_REQUEST

MOST_RETURNED = 3  # mails that came back; then only mail about the account is tried, until the owner shows it arrives
RETURNS_COUNT_FOR = timedelta(days=30)  # without another one those before are forgotten (Discourse forgets as soon)


def connect(_app: Flask) -> None:
    """Fill mail's plugs; once, however many applications a process makes."""
    recipients.refusals[:] = [refusal]
    recipients.on_returned[:] = [_returned]


def choose(user_id: int, kind: str, *, wanted: bool) -> bool:
    """Turn a kind of mail on or off for the person; return whether anything changed. LookupError: no such kind."""
    if kind not in KINDS:
        raise LookupError(kind)
    with transaction():
        person = locked(User, user_id)
        if person is None or wants(person, kind) == wanted:
            return False
        name, is_listed = ("mails_on", wanted) if kind in ON_REQUEST else ("mails_off", not wanted)
        kept = [other for other in getattr(person, name) if other != kind]
        setattr(person, name, [*kept, kind] if is_listed else kept)
        return True


def wants(user: User, kind: str) -> bool:
    """Whether the person wants mail of this kind."""
    return kind in user.mails_on if kind in ON_REQUEST else kind not in user.mails_off


def comes_back(user: User) -> bool:
    """Whether the person's mail came back so often that only mail about the account is still tried."""
    return user.bounces >= MOST_RETURNED


def refusal(user_id: int, kind: str) -> str:
    """Return why the person gets no mail of this kind, in plain English for the outbox, or ""."""
    person = db.session.get(User, user_id)
    if person is None or person.is_closed:
        return "there is no such account any more"
    if not wants(person, kind):
        return "this kind of mail is turned off"
    return "mail to this person came back three times" if comes_back(person) else ""


def _returned(user_id: int, address: str) -> None:
    """Count a letter that came back from the person's present address.

    That a server takes one says nothing: it may be a relay, which finds out later. So the count ends by the owner's
    word alone (see `links.redeem`), or by itself while it is small.
    """
    moment = now()
    is_old = (User.bounces < MOST_RETURNED) & (User.bounced_at < moment - RETURNS_COUNT_FOR)
    counted = update(User).where(User.id == user_id, User.email == address)
    with transaction() as session:
        session.execute(counted.values(bounces=case((is_old, 1), else_=User.bounces + 1), bounced_at=moment))
