"""Whose an e-mail address is: who has shown it, and taking it from whoever has only said that it is theirs."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import select, update

from forum.accounts import queries
from forum.accounts.models import User
from forum.core.database import db, now, transaction


class Holder(NamedTuple):
    """What a letter to the holder of an address needs; a whole account would take longer to read than nobody's."""

    id: int
    username: str
    display_name: str
    email: str | None
    language: str
    is_owner: bool

    @property
    def name(self) -> str:
        """The name to show."""
        return self.display_name or self.username


def holder(address: str, besides: int = 0) -> Holder | None:
    """Return whose mail goes to the address, but for `besides` (an id): its owner, or the first who claimed it."""
    asked = select(User.id, User.username, User.display_name, User.email, User.language, User.email_claim.is_(None))
    key = queries.email_key(address)
    row = db.session.execute(asked.where(User.email_key == key, User.id != besides)).first()
    return Holder(*row) if row else None


def owner(address: str, besides: int = 0) -> Holder | None:
    """Return whose address it is, but for `besides` (an id); an account that has only claimed it owns nothing."""
    found = holder(address, besides)
    return found if found and found.is_owner else None


def take(person: User, address: str) -> None:
    """Make the address the person's, who has shown it to be theirs; joins the caller's transaction.

    Whoever signed up with it before without showing anything keeps it as text only.
    """
    key = queries.email_key(address)
    claimed = (User.email_key == key) & User.email_claim.is_not(None) & (User.id != person.id)
    with transaction() as session:
        session.execute(update(User).where(claimed).values(email_key=None))
        person.email, person.email_key, person.email_claim, person.confirmed_at = address, key, None, now()
