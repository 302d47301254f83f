"""Signed-in devices. A cookie carries a random token, a row its SHA-256: ending the row ends it in every process."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, bindparam, delete, func, or_, select, update

from forum.accounts.models import Session, User
from forum.config import SESSION_LIFETIME, SESSION_UNUSED
from forum.core import expiry
from forum.core.database import db, now, transaction
from forum.core.jobs import enqueue, job
from forum.core.text import cleaned

USER_AGENT_LIMIT = 200
SEEN_EVERY = timedelta(minutes=5)
_REMEMBERED = 10_000
_asked_to_note: dict[str, datetime] = {}  # by hash of the token, in this process, while the worker has not done it yet


# Called with a user id, in the transaction in which all their sessions end: rooms above end what is theirs.
also_end: list[Callable[[int], None]] = []


@dataclass(frozen=True)
class Proof:
    """How somebody proved who they are: "password", "passkey", "reset", "oidc", by how many factors, how long ago.

    A provider may have made sure of it a while ago, or not say when (None): that counts as long ago. `factor_at`: when
    a second factor was shown, if that was before (a session that goes on under a new token); else it was now.
    """

    means: str = "password"
    has_second_factor: bool = False
    ago: timedelta | None = timedelta(0)
    factor_at: datetime | None = None


_BY_PASSWORD = Proof()


def start(
    user: User, user_agent: str, *, address: str = "", proof: Proof = _BY_PASSWORD, device_id: int | None = None
) -> str:
    """Sign `user` in on one more device, from `address`, and return the token for its cookie; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        moment = now()
        session.execute(update(User).where(User.id == user.id).values(signed_in_at=moment))
        session.add(
            Session(
                token_hash=fingerprint(token),
                user_id=user.id,
                user_agent=tidy(user_agent),
                created_at=moment,
                expires_at=moment + SESSION_LIFETIME,
                seen_at=moment,
                proved_at=None if proof.ago is None else moment - proof.ago,
                address=address,
                means=proof.means,
                has_second_factor=proof.has_second_factor,
                factor_at=(proof.factor_at or moment) if proof.has_second_factor else None,
                device_id=device_id,
            )
        )
    return token


def tidy(user_agent: str) -> str:
    """Return what a browser says of itself as it is kept: one line of at most 200 characters."""
    return " ".join(cleaned(user_agent).split())[:USER_AGENT_LIMIT]


_BY_HASH = select(Session).where(Session.token_hash == bindparam("hash"))  # made once, for every request asks it


def current(token: str) -> Session | None:
    """Return the session of `token` with its user in one statement; None if it, its use or its account is over."""
    found = db.session.scalar(_BY_HASH, {"hash": fingerprint(token)})
    if found is None or found.expires_at <= now() or not found.user.is_active:
        return None
    return None if now() - (found.seen_at or found.created_at) >= SESSION_UNUSED else found


def are_open() -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the conditions for sessions that are neither over nor unused for too long."""
    return Session.expires_at > now(), _used() > now() - SESSION_UNUSED


def _used() -> ColumnElement[datetime]:
    return func.coalesce(Session.seen_at, Session.created_at)


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
    """Sign the person out everywhere, but on the device of `except_token`; joins the caller's transaction.

    Whatever else would let somebody go on without signing in anew (see `also_end`) ends too.
    """
    query = delete(Session).where(Session.user_id == user_id)
    if except_token is not None:
        query = query.where(Session.token_hash != fingerprint(except_token))
    with transaction() as session:
        session.execute(query)
        for end_more in also_end:
            end_more(user_id)


def prove(session_id: int, *, has_second_factor: bool = False) -> None:
    """Note that the person has just shown again that it is them, and whether by a second factor."""
    with transaction() as session:
        found = session.get(Session, session_id)
        if found is not None:
            found.proved_at = now()
            if has_second_factor:
                found.has_second_factor, found.factor_at = True, now()


def is_fresh(found: Session | None, within: timedelta, *, by_factor: bool = False) -> bool:
    """Whether the person of this session has shown `within` this time that it is them; `by_factor`: by a second one."""
    if found is None:
        return False
    shown = found.factor_at if by_factor else found.proved_at
    return shown is not None and now() - shown < within


def note_seen(found: Session) -> None:
    """Have the worker note that this device was used; once in five minutes, since a page only reads."""
    if is_to_be_noted(found.token_hash, found.seen_at):
        note_used(found.id, found.token_hash)


def is_to_be_noted(token_hash: str, seen_at: datetime | None) -> bool:
    """Whether nobody has noted for five minutes, nor asked the worker to, that the session was used."""
    moment = now()
    if seen_at is not None and moment - seen_at < SEEN_EVERY:
        return False
    asked = _asked_to_note.get(token_hash)
    return asked is None or moment - asked >= SEEN_EVERY


def note_used(session_id: int, token_hash: str) -> None:
    """Have the worker note that the session is in use now."""
    if len(_asked_to_note) > _REMEMBERED:
        _asked_to_note.clear()
    _asked_to_note[token_hash] = now()
    enqueue(keep_seen, session_id=session_id, moment=now().isoformat())


@job
def keep_seen(session_id: int, moment: str) -> None:
    """Write down when a device was used last, unless a later moment stands there."""
    seen = datetime.fromisoformat(moment)
    later = Session.seen_at.is_(None) | (Session.seen_at < seen)
    with transaction() as session:
        session.execute(update(Session).where(Session.id == session_id, later).values(seen_at=seen))


def fingerprint(token: str) -> str:
    """Return what the database keeps of a token; it is random, so an unsalted hash can't be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _are_over() -> ColumnElement[bool]:
    """Return the condition for sessions that have expired or were not used for too long."""
    begun_long_ago = Session.expires_at <= now() + SESSION_LIFETIME - SESSION_UNUSED  # what the index can tell
    return begun_long_ago & or_(Session.expires_at <= now(), _used() <= now() - SESSION_UNUSED)


expiry.forget(Session, _are_over)
