"""What mail asks about people: who turned a kind of mail off, and to whom mail does not get through."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import update

from forum.accounts.models import User
from forum.core.database import db, locked, transaction
from forum.mail import recipients
from forum.mail.letters import KINDS

MOST_RETURNED = 3  # mails in a row that came back; then only mail about the account is tried


def connect(_app: Flask) -> None:
    """Fill mail's plugs; once, however many applications a process makes."""
    recipients.refusals[:] = [refusal]
    recipients.on_returned[:] = [_returned]
    recipients.on_delivered[:] = [_delivered]


def choose(user_id: int, kind: str, *, wanted: bool) -> bool:
    """Turn a kind of mail on or off for the person; return whether anything changed. LookupError: no such kind."""
    if kind not in KINDS:
        raise LookupError(kind)
    with transaction():
        person = locked(User, user_id)
        if person is None or (kind not in person.mails_off) == wanted:
            return False
        kept = [other for other in person.mails_off if other != kind]
        person.mails_off = kept if wanted else [*kept, kind]
        return True


def comes_back(user: User) -> bool:
    """Whether the person's mail came back so often that only mail about the account is still tried."""
    return user.bounces >= MOST_RETURNED


def refusal(user_id: int, kind: str) -> str:
    """Return why the person gets no mail of this kind, in plain English for the outbox, or ""."""
    person = db.session.get(User, user_id)
    if person is None or person.is_closed:
        return "there is no such account any more"
    if kind in person.mails_off:
        return "this kind of mail is turned off"
    return "mail to this person came back three times in a row" if comes_back(person) else ""


def _returned(user_id: int) -> None:
    with transaction() as session:
        session.execute(update(User).where(User.id == user_id).values(bounces=User.bounces + 1))


def _delivered(user_id: int) -> None:
    with transaction() as session:
        session.execute(update(User).where(User.id == user_id, User.bounces > 0).values(bounces=0))
