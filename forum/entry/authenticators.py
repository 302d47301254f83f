"""The authenticator and the recovery codes of a person: set up, confirmed, used, taken away. Their only writer."""

from __future__ import annotations

import secrets

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from forum.accounts import owner_mail
from forum.accounts.models import User
from forum.accounts.sessions import fingerprint
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Conflict
from forum.entry import sealing, totp
from forum.entry.models import Authenticator, RecoveryCode

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike
_GROUPS, _GROUP = 4, 6  # 24 of 31 letters: 118 bits, so that a plain hash is enough (ASVS 5.0, 6.5.2 asks for 112)


def start(user: User) -> None:
    """Make a new secret for the person's authenticator; it is in force once `confirm` has seen a first code.

    Raises Conflict while another one is in force.
    """
    with transaction() as session:
        locked(User, user.id)
        found = session.get(Authenticator, user.id) or Authenticator(user_id=user.id)
        if found.confirmed_at is not None:
            raise Conflict(_l("An authenticator app is set up already. Take it away first."))
        found.sealed_secret, found.created_at, found.last_step = sealing.seal(totp.new_secret()), now(), 0
        session.add(found)


def secret_in_making(user: User) -> str | None:
    """Return the secret that waits for its first code; None when there is none, or one is in force already."""
    found = db.session.get(Authenticator, user.id)
    if found is None or found.confirmed_at is not None:
        return None
    try:
        return sealing.unseal(found.sealed_secret)
    except sealing.KeyGone:
        return None


def confirm(user: User, code: str) -> list[str] | None:
    """Put the authenticator in force if `code` is right; return ten recovery codes, else None. Its owner is told."""
    with transaction():
        found = _taken(user, code, is_confirmed=False)
        if found is None:
            return None
        found.confirmed_at = now()
        owner_mail.tell(user, "security_changed", what="authenticator_on")
        return _replace_codes(user.id)


def use_code(user: User, code: str) -> bool:
    """Whether `code` is the person's right now; it is used up then, and so are all before it."""
    with transaction():
        return _taken(user, code, is_confirmed=True) is not None


def _taken(user: User, code: str, *, is_confirmed: bool) -> Authenticator | None:
    """Return the authenticator, its row locked, if the code is right and its step was never taken; take it."""
    found = locked(Authenticator, user.id)
    if found is None or (found.confirmed_at is not None) != is_confirmed:
        return None
    try:
        secret = sealing.unseal(found.sealed_secret)
    except sealing.KeyGone:
        return None
    step = totp.matching_step(secret, code, now().timestamp())
    if step is None or step <= found.last_step:
        return None
    found.last_step = step
    found.sealed_secret = sealing.seal(secret)  # with today's key, also when a former one opened it
    return found


def use_recovery_code(user: User, code: str) -> bool:
    """Whether `code` is one of the person's recovery codes that was not used; it is used up then, its owner told."""
    with transaction() as session:
        locked(User, user.id)  # of two requests with one code the second waits and finds it used
        query = select(RecoveryCode).where(
            RecoveryCode.user_id == user.id,
            RecoveryCode.code_hash == _hash(user.id, code),
            RecoveryCode.used_at.is_(None),
        )
        found = session.scalar(query.execution_options(populate_existing=True))
        if found is None:
            return False
        found.used_at = now()
        owner_mail.tell(user, "security_changed", what="recovery_used")
        return True


def new_recovery_codes(user: User) -> list[str]:
    """Return ten new recovery codes, to be shown this once; the former ones end. Conflict without an authenticator."""
    with transaction():
        found = locked(Authenticator, user.id)
        if found is None or found.confirmed_at is None:
            raise Conflict(_l("Recovery codes belong to an authenticator app, and none is set up."))
        owner_mail.tell(user, "security_changed", what="recovery_new")
        return _replace_codes(user.id)


def remove(user: User) -> bool:
    """Take the authenticator and its recovery codes away; return whether one was in force. Its owner is told."""
    with transaction() as session:
        found = locked(Authenticator, user.id)
        if found is None:
            return False
        was_in_force = found.confirmed_at is not None
        session.delete(found)
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
        if was_in_force:
            owner_mail.tell(user, "security_changed", what="authenticator_off")
        return was_in_force


def _replace_codes(user_id: int) -> list[str]:
    codes = [_new_code() for _ in range(RECOVERY_CODES)]
    with transaction() as session:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
        session.add_all(RecoveryCode(user_id=user_id, code_hash=_hash(user_id, code)) for code in codes)
    return codes


def _new_code() -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _hash(user_id: int, code: str) -> str:
    typed = "".join(sign for sign in code.lower()[:80] if sign in _LETTERS)
    return fingerprint(f"recovery|{user_id}|{typed}")
