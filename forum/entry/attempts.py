"""The way to a provider and back: what the browser keeps meanwhile, sealed in a cookie that only we can read.

Nothing is written when an attempt begins. Its state is spent when the browser comes back (a row of `spent_challenges`),
so a cookie that was copied is worth nothing afterwards; Flask's session goes on carrying the forms' tokens only.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from forum.core.database import now
from forum.entry import challenges, sealing

COOKIE, LIFETIME = "provider", timedelta(minutes=10)
NEWCOMER_COOKIE, NEWCOMER_LIFETIME = "newcomer", timedelta(minutes=10)  # time to choose a name
SIGN_IN, LINK, PROVE = "in", "link", "prove"  # what for somebody goes to a provider
TARGET_LIMIT = 500  # characters of the path to go on to; the cookie has 4 KB


@dataclass(frozen=True)
class Attempt:
    """A browser is at the provider, for a `purpose`; the last two of them are of who is signed in by `session_id`."""

    provider: str
    state: str
    nonce: str
    verifier: str
    target: str
    purpose: str
    session_id: int | None
    ends: float

    @property
    def began(self) -> datetime:
        """When the browser was sent to the provider."""
        return datetime.fromtimestamp(self.ends, UTC) - LIFETIME


@dataclass(frozen=True)
class Newcomer:
    """Somebody has come back whom no account knows; with this they may make one. `mark` is its own, used up then."""

    provider: str
    subject: str
    email: str
    label: str
    target: str
    mark: str
    ends: float


Kept = TypeVar("Kept", Attempt, Newcomer)


def begin(
    provider: str, state: str, nonce: str, verifier: str, target: str, purpose: str, session_id: int | None
) -> Attempt:
    """Return an attempt that begins now."""
    return Attempt(provider, state, nonce, verifier, _short(target), purpose, session_id, _end(LIFETIME))


def newcomer(provider: str, subject: str, email: str, label: str, target: str) -> Newcomer:
    """Return somebody new who may make an account from now on."""
    mark = secrets.token_urlsafe(16)
    return Newcomer(provider, subject, email, label, _short(target), mark, _end(NEWCOMER_LIFETIME))


def sealed(kept: Attempt | Newcomer) -> str:
    """Return it as the cookie keeps it."""
    return sealing.seal(json.dumps(asdict(kept), ensure_ascii=False), _purpose(type(kept)))


def opened(kind: type[Kept], cookie: str) -> Kept | None:
    """Return what the cookie keeps, or None when it is not ours, of another kind, or over."""
    if not cookie:
        return None
    try:
        fields: dict[str, Any] = json.loads(sealing.unseal(cookie, _purpose(kind)))
        found = kind(**fields)
    except (sealing.KeyGone, TypeError, ValueError):
        return None
    return found if found.ends > now().timestamp() else None


def use_up(kept: Attempt | Newcomer) -> bool:
    """Whether this was never used before; it is now. Joins the caller's transaction."""
    own = kept.state if isinstance(kept, Attempt) else kept.mark
    end = datetime.fromtimestamp(kept.ends, UTC)
    return challenges.is_first(f"{_purpose(type(kept))}|{kept.provider}|{own}".encode(), end)


def _purpose(kind: type[Attempt] | type[Newcomer]) -> str:
    return f"the way from a provider: {kind.__name__.lower()}"


def _end(lifetime: timedelta) -> float:
    return (now() + lifetime).timestamp()


def _short(target: str) -> str:
    return target if len(target) <= TARGET_LIMIT and target.isascii() else "/"
