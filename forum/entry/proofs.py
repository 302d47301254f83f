"""Checking what somebody shows: a code, a recovery code, a passkey, a password. Wrong ones are counted and bounded."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext

from forum.accounts import known_devices, passwords
from forum.accounts.models import User
from forum.core import cookies, security_log
from forum.core.errors import Refused, words_to_wait
from forum.core.limits import forgive, spend
from forum.entry import authenticators, passkeys, queries
from forum.entry.admission import this_browser

log = logging.getLogger(__name__)


class NotShown(Refused):
    """What was shown is not right, or was tried too often: then `status` is 429 and the words say until when."""

    def __init__(self, message: Any, status: int = 422) -> None:
        super().__init__(message)
        self.status = status


def bound_to(half_id: int | None = None) -> str:
    """Return to what a passkey's challenge is bound: this browser, and the half sign-in if there is one."""
    return f"{this_browser()}|{half_id or ''}"


def second_factor(user: User, code: str, credential: str, purpose: str, half_id: int | None = None) -> None:
    """Accept a code of the authenticator, a recovery code or a passkey's answer; NotShown otherwise."""
    with _noting("second-factor.failed", user):
        _count(user)
        if credential:
            _check_passkey(user, credential, purpose, half_id)
        elif not (authenticators.use_code(user, code) or authenticators.use_recovery_code(user, code)):
            raise NotShown(gettext("This code is not right, or was used before. A new one comes every 30 seconds."))
    _forgive(user)


def again(user: User, password: str, code: str, credential: str) -> bool:
    """Accept a password, a code or a passkey of somebody who is signed in; NotShown otherwise.

    Returns whether it was a second factor.
    """
    if not (password or code or credential):
        raise NotShown(gettext("Please fill in one of these."))
    with _noting("proof.failed", user):
        _count(user)
        if credential:
            _check_passkey(user, credential, "again", None)
        elif code:
            if not (queries.has_authenticator(user.id) and authenticators.use_code(user, code)):
                raise NotShown(gettext("This code is not right, or was used before. A new one comes every 30 seconds."))
        elif not passwords.matches(user.password_hash, password):
            raise NotShown(gettext("This is not your current password."))
    _forgive(user)
    return bool(credential or code)


@contextmanager
def _noting(event: str, user: User) -> Iterator[None]:
    """Write into the security log what is refused inside."""
    try:
        yield
    except NotShown as refusal:
        if refusal.status == 429:
            security_log.note("limit.reached", user.id, row="PROOF")
        else:
            security_log.note(event, user.id)
        raise


def _check_passkey(user: User, credential: str, purpose: str, half_id: int | None) -> None:
    try:
        passkeys.check(credential, purpose, bound_to(half_id), user)
    except passkeys.NotAccepted as refusal:
        log.info("a passkey was not accepted: %s", refusal.reason)
        raise NotShown(refusal.message) from refusal


def _count(user: User) -> None:
    """Count a try before it is looked at, so that many at once are many."""
    wait = spend("PROOF", _who(user))
    if wait:
        message = gettext("There were too many wrong tries. %(wait)s", wait=words_to_wait(wait))
        raise NotShown(message, 429)


def _forgive(user: User) -> None:
    forgive("PROOF", _who(user))


def _who(user: User) -> str:
    """Return whose tries these are: of a browser that the account knows apart from those of all others."""
    device = known_devices.of_person(user.id, cookies.read(known_devices.COOKIE))
    return f"person:{user.id}/{device.id if device else 'unknown'}"
