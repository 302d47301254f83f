"""Links sent by mail that work once. The database keeps only the hash of their token.

The token is derived from the row with the forum's key, so that a letter can be written again after a crash, and
somebody who reads the database without the key can't make one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from datetime import timedelta

from flask import current_app
from sqlalchemy import select, update

from forum.accounts.models import OneTimeLink, User
from forum.accounts.sessions import fingerprint
from forum.core import expiry
from forum.core.database import db, locked, now, transaction

KEPT_AFTER = timedelta(days=7)  # how long the row of a dead link is kept


class KeyGone(LookupError):
    """No key of the forum makes the token of this link any more; a new link has to be asked for."""


def make(user: User, purpose: str, address: str, lifetime: timedelta, *, end_former: bool = False) -> OneTimeLink:
    """Return a new link for `user`, good for `purpose` and `lifetime`; joins the caller's transaction.

    `address` is the mail address that it is sent to. `end_former`: links made before for the purpose end.
    """
    with transaction() as session:
        if end_former:
            end_all(user.id, purpose)
        moment = now()
        link = OneTimeLink(
            user_id=user.id,
            purpose=purpose,
            address=address,
            token_hash=secrets.token_hex(32),  # until the row has the number that its token is made from
            created_at=moment,
            expires_at=moment + lifetime,
        )
        session.add(link)
        session.flush()
        link.token_hash = fingerprint(_token(link, str(current_app.config["SECRET_KEY"])))
        session.flush()
    return link


def token_of(link: OneTimeLink) -> str:
    """Return the token that a letter carries; KeyGone when it was made with a key that the forum has no more."""
    for key in (current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEY_FALLBACKS"]):
        token = _token(link, str(key))
        if hmac.compare_digest(fingerprint(token), link.token_hash):
            return token
    raise KeyGone(f"link {link.id} was made with another SECRET_KEY")


def _token(link: OneTimeLink, key: str) -> str:
    words = f"one-time-link|{link.id}|{link.purpose}|{link.created_at.isoformat()}"
    digest = hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def is_open(link: OneTimeLink | None) -> bool:
    """Whether the link would work now: there, not used, not expired or ended."""
    return link is not None and link.used_at is None and link.expires_at > now()


def by_id(link_id: int) -> OneTimeLink | None:
    """Return the link with this id, open or not, or None (for `Letter.still_due` and `Letter.extra`)."""
    return db.session.get(OneTimeLink, link_id)


def find(token: str, purpose: str) -> OneTimeLink | None:
    """Return the open link of this token without using it (the page with the form), or None."""
    query = select(OneTimeLink).where(OneTimeLink.token_hash == fingerprint(token), OneTimeLink.purpose == purpose)
    link = db.session.scalar(query)
    return link if is_open(link) else None


def redeem(token: str, purpose: str) -> OneTimeLink | None:
    """Use the link of this token up and return it, or None if it is unknown, of another purpose, used or expired.

    Joins the caller's transaction, so that what the link allows and its use are written together or not at all; of
    two requests at once the second waits and gets None. Its person is locked first, as by whatever ends links.
    """
    with transaction():
        found = find(token, purpose)
        if found is not None:
            locked(User, found.user_id)
        link = locked(OneTimeLink, found.id) if found else None
        if link is None or not is_open(link):
            return None
        link.used_at = now()
        arrived = update(User).where(User.id == link.user_id, User.email == link.address, User.bounces > 0)
        db.session.execute(arrived.values(bounces=0))  # a link that is opened has got through
        return link


def end_all(user_id: int, purpose: str | None = None, *, but_for: str | None = None) -> None:
    """End the person's open links (of one purpose, or of all but one); joins the caller's transaction."""
    moment = now()
    ended = update(OneTimeLink).where(
        OneTimeLink.user_id == user_id, OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > moment
    )
    if purpose is not None:
        ended = ended.where(OneTimeLink.purpose == purpose)
    if but_for is not None:
        ended = ended.where(OneTimeLink.purpose != but_for)
    with transaction() as session:
        session.execute(ended.values(expires_at=moment))


expiry.forget(OneTimeLink, lambda: OneTimeLink.expires_at <= now() - KEPT_AFTER)
