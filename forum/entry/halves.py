"""Half a sign-in: the first factor was right and the second is owed. The cookie's token signs nobody in by itself."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select

from forum.accounts import sessions
from forum.accounts.models import User
from forum.accounts.sessions import fingerprint
from forum.core import expiry
from forum.core.database import db, now, transaction
from forum.entry.models import HalfSignIn

COOKIE = "half"
LIFETIME = timedelta(minutes=10)


def begin(user: User, means: str) -> str:
    """Note that `user` has shown the first factor (`means`) and return the token for the cookie."""
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        end = now() + LIFETIME
        session.add(HalfSignIn(token_hash=fingerprint(token), user_id=user.id, means=means, expires_at=end))
    return token


def find(token: str) -> tuple[HalfSignIn, User] | None:
    """Return the half sign-in of this token with its person; None if unknown, over, ended or the person suspended."""
    if not token:
        return None
    query = select(HalfSignIn, User).join(User, User.id == HalfSignIn.user_id)
    row = db.session.execute(query.where(HalfSignIn.token_hash == fingerprint(token))).first()
    if row is None or row[0].expires_at <= now() or not row[1].is_active:
        return None
    return row[0], row[1]


def use_up(half: HalfSignIn) -> bool:
    """End this one, since the second factor was right; False if it had ended meanwhile."""
    with transaction() as session:
        ended = session.execute(delete(HalfSignIn).where(HalfSignIn.id == half.id))
        return bool(ended.rowcount)  # type: ignore[attr-defined]


def end_all(user_id: int) -> None:
    """End all of a person's; joins the caller's transaction."""
    with transaction() as session:
        session.execute(delete(HalfSignIn).where(HalfSignIn.user_id == user_id))


sessions.also_end.append(end_all)


expiry.forget(HalfSignIn, lambda: HalfSignIn.expires_at <= now())
