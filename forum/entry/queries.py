"""What is known of somebody's ways in: authenticator, recovery codes, passkeys, outside identities."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.database import db
from forum.entry.models import Authenticator, Identity, Passkey, RecoveryCode

PASSKEYS_MOST = 20  # of one person
IDENTITIES_MOST = 20


def authenticator(user_id: int) -> Authenticator | None:
    """Return the person's authenticator, in force or still being set up, or None."""
    return db.session.get(Authenticator, user_id)


def has_authenticator(user_id: int) -> bool:
    """Whether an authenticator is in force: a first code has been right."""
    found = authenticator(user_id)
    return found is not None and found.confirmed_at is not None


def sealed_secrets(most: int) -> Sequence[str]:
    """Return the sealed secrets of at most `most` authenticators in force, newest first."""
    query = select(Authenticator.sealed_secret).where(Authenticator.confirmed_at.is_not(None))
    return db.session.scalars(query.order_by(Authenticator.created_at.desc()).limit(most)).all()


def passkeys(user_id: int) -> Sequence[Passkey]:
    """Return the person's passkeys, oldest first."""
    query = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.id).limit(PASSKEYS_MOST)
    return db.session.scalars(query).all()


def has_passkey(user_id: int) -> bool:
    """Whether the person has a passkey."""
    return db.session.scalar(select(Passkey.id).where(Passkey.user_id == user_id).limit(1)) is not None


def passkey_of(credential_id: str) -> Passkey | None:
    """Return the passkey with this id of its authenticator's (base64url), or None."""
    return db.session.scalar(select(Passkey).where(Passkey.credential_id == credential_id))


def recovery_codes_left(user_id: int) -> int:
    """Return how many recovery codes can still be used."""
    query = select(func.count(RecoveryCode.id)).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(query) or 0


def has_second_factor(user_id: int) -> bool:
    """Whether the person has anything that counts as a second factor."""
    return has_authenticator(user_id) or has_passkey(user_id)


def identities(user_id: int) -> Sequence[Identity]:
    """Return the person's accounts at outside providers, oldest first."""
    query = select(Identity).where(Identity.user_id == user_id).order_by(Identity.id).limit(IDENTITIES_MOST)
    return db.session.scalars(query).all()


def identity_of(provider: str, subject: str) -> Identity | None:
    """Return the identity that the provider calls `subject`, or None."""
    return db.session.scalar(select(Identity).where(Identity.provider == provider, Identity.subject == subject))


def ways_in(user: User, providers: Collection[str]) -> int:
    """Return in how many ways the person can sign in: password, passkeys, identities at one of `providers`."""
    outside = [each for each in identities(user.id) if each.provider in providers]
    return bool(user.password_hash) + len(passkeys(user.id)) + len(outside)
