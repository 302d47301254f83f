"""Signed-in devices. A cookie carries a random token, a row its SHA-256: ending the row ends it in every process."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import delete, select, update

from forum.accounts.models import Session, User
from forum.config import SESSION_LIFETIME
from forum.core.database import db, now, transaction
from forum.core.jobs import sweeper
from forum.core.text import cleaned

USER_AGENT_LIMIT = 200
_FORGOTTEN_AT_ONCE = 1_000


def start(user: User, user_agent: str) -> str:
    """Sign `user` in on one more device and return the token for its cookie; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        moment = now()
        session.execute(update(User).where(User.id == user.id).values(signed_in_at=moment))
        session.add(
            Session(
                token_hash=fingerprint(token),
                user_id=user.id,
                user_agent=" ".join(cleaned(user_agent).split())[:USER_AGENT_LIMIT],
                created_at=moment,
                expires_at=moment + SESSION_LIFETIME,
            )
        )
    return token


def current(token: str) -> Session | None:
    """Return the session of `token` with its user in one statement; None if unknown, ended, expired or suspended."""
    found = db.session.scalar(select(Session).where(Session.token_hash == fingerprint(token)))
    if found is None or found.expires_at <= now() or found.user.is_suspended:
        return None
    return found


def end(token: str) -> None:
    """Sign this device out; an unknown token is fine."""
    with transaction() as session:
        session.execute(delete(Session).where(Session.token_hash == fingerprint(token)))


def end_one(user_id: int, session_id: int) -> bool:
    """Sign one of the person's devices out; return whether there was such a one."""
    with transaction() as session:
        ended = session.execute(delete(Session).where(Session.id == session_id, Session.user_id == user_id))
        return bool(ended.rowcount)  # type: ignore[attr-defined]


def end_all(user_id: int, except_token: str | None = None) -> None:
    """Sign the person out everywhere, but on the device of `except_token`; joins the caller's transaction."""
    query = delete(Session).where(Session.user_id == user_id)
    if except_token is not None:
        query = query.where(Session.token_hash != fingerprint(except_token))
    with transaction() as session:
        session.execute(query)


def fingerprint(token: str) -> str:
    """Return what the database keeps of a token; it is random, so an unsalted hash can't be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


@sweeper
def forget_expired() -> None:
    """Delete sessions that have expired, some at a time; they are refused already."""
    query = select(Session.id).where(Session.expires_at <= now()).limit(_FORGOTTEN_AT_ONCE)
    expired = db.session.scalars(query).all()
    if expired:
        with transaction() as session:
            session.execute(delete(Session).where(Session.id.in_(expired)))
