"""Whose an e-mail address is: who has shown it, and taking it from whoever has only said that it is theirs."""

from __future__ import annotations

from sqlalchemy import select, update

from forum.accounts import queries
from forum.accounts.models import User
from forum.core.database import db, now, transaction


def owner(address: str, besides: int = 0) -> User | None:
    """Return whose address it is, but for `besides` (an id); an account that has only claimed it owns nothing."""
    query = select(User).where(User.email_key == queries.email_key(address), User.email_claim.is_(None))
    return db.session.scalar(query.where(User.id != besides))


def take(person: User, address: str) -> None:
    """Make the address the person's, who has shown it to be theirs; joins the caller's transaction.

    Whoever signed up with it before without showing anything keeps it as text only.
    """
    key = queries.email_key(address)
    claimed = (User.email_key == key) & User.email_claim.is_not(None) & (User.id != person.id)
    with transaction() as session:
        session.execute(update(User).where(claimed).values(email_key=None))
        person.email, person.email_key, person.email_claim, person.confirmed_at = address, key, None, now()
