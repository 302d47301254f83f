"""How long ago a provider made sure who somebody is: what is asked of it (OpenID Connect Core, 3.1.2.1), what counts.

Asked: at sign-in nothing older than a session of ours may be (`max_age`), and the answer says when it was; to show
again who one is, that it asks now, whoever is signed in there (`prompt=login`, `max_age=0`). A provider that says no
moment may have ignored both, so it proves nothing, unless the operator takes its word (OIDC_<NAME>_AUTH_TIME=optional).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from forum.config import SESSION_LIFETIME
from forum.core.database import now
from forum.entry.attempts import PROVE, SIGN_IN, Attempt

LEEWAY = timedelta(seconds=60)  # by which the provider's clock may be off, as for its ID tokens


def asked(purpose: str) -> dict[str, str]:
    """Return what the provider is asked besides who it is."""
    if purpose == PROVE:
        return {"prompt": "login", "max_age": "0"}
    return {"max_age": str(int(SESSION_LIFETIME.total_seconds()))} if purpose == SIGN_IN else {}


def moment(said: Any) -> datetime | None:
    """Return the moment that the claim auth_time names, or None for what is none."""
    if isinstance(said, bool) or not isinstance(said, int | float) or said <= 0:
        return None
    try:
        return datetime.fromtimestamp(said, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def is_too_old(asked_at: datetime | None) -> bool:
    """Whether the provider let somebody come to sign in whom it has not asked for longer than a session lasts."""
    return asked_at is not None and asked_at < now() - SESSION_LIFETIME - LEEWAY


def since(asked_at: datetime | None) -> timedelta | None:
    """Return how long ago the provider asked, for the session's freshness; None when that is not known."""
    if asked_at is None or asked_at > now() + LEEWAY:
        return None
    return max(now() - asked_at, timedelta(0))


def is_proof(asked_at: datetime | None, attempt: Attempt, *, says_when: bool) -> bool:
    """Whether the provider has made sure who it is since the browser was sent there for just that."""
    if asked_at is None:
        return not says_when
    return attempt.began - LEEWAY <= asked_at <= now() + LEEWAY
