"""Checking what somebody shows: a code, a recovery code, a passkey, a password. Wrong ones are counted and bounded."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_babel import gettext

from forum.accounts import passwords, tries
from forum.accounts.models import User
from forum.core import security_log
from forum.core.errors import Refused
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
    with _counted("second-factor.failed", user):
        if credential:
            _check_passkey(user, credential, purpose, half_id)
        elif not (authenticators.use_code(user, code) or authenticators.use_recovery_code(user, code)):
            raise NotShown(_no_code())


def again(user: User, password: str, code: str, credential: str, *, by_factor: bool = False) -> bool:
    """Accept a password, a code or a passkey of somebody who is signed in; NotShown otherwise.

    `by_factor`: no password is accepted, but a recovery code, which is for whoever lost the app. Returns whether it was
    a second factor.
    """
    password = "" if by_factor else password
    if not (password or code or credential):
        raise NotShown(gettext("Please fill in one of these."))
    if by_factor:
        second_factor(user, code, credential, "again")
        return True
    with _counted("proof.failed", user):
        if credential:
            _check_passkey(user, credential, "again", None)
        elif code:
            if not (queries.has_authenticator(user.id) and authenticators.use_code(user, code)):
                raise NotShown(_no_code())
        elif not passwords.matches(user.password_hash, password):
            raise NotShown(gettext("This is not your current password."))
    return bool(credential or code)


@contextmanager
def _counted(event: str, user: User) -> Iterator[None]:
    """Count a try, and write into the security log what is refused inside; what is right ends the count."""
    if refusal := tries.begin(user):
        raise NotShown(refusal, 429)
    try:
        yield
    except NotShown:
        security_log.note(event, user.id)
        raise
    tries.succeeded(user)


def _no_code() -> str:
    return gettext("This code is not right, or was used before. A new one comes every 30 seconds.")


def _check_passkey(user: User, credential: str, purpose: str, half_id: int | None) -> None:
    try:
        passkeys.check(credential, purpose, bound_to(half_id), user)
    except passkeys.NotAccepted as refusal:
        log.info("a passkey was not accepted: %s", refusal.reason)
        raise NotShown(refusal.message) from refusal
