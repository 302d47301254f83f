"""Guessing passwords is slow: tries are counted by the name typed, by the browser if the account knows it, by address.

A name counts the same whether anybody bears it. A browser on which the owner has signed in before has a count of its
own, so that nobody's guessing elsewhere keeps the owner out. The counts stand where all limits do: in Redis where
REDIS_URL is set, then for all processes, else in each process.
"""

from __future__ import annotations

import hashlib

from forum.accounts.models import KnownDevice, User
from forum.accounts.queries import LOGIN_LIMIT, email_key
from forum.core.limits import forgive, spend, wait_for
from forum.core.text import skeleton


def begin(login: str, device: KnownDevice | None, address: str) -> int:
    """Count a try to sign in as `login` and return 0, or for how many seconds no password is looked at.

    It is counted before the password is known to be right, so that a hundred tries at once are a hundred.
    """
    if device is None and (wait := wait_for("LOGIN_FAILURES", f"address:{address}")):
        return wait
    return spend(*_count_of(login, device))


def succeeded(login: str, device: KnownDevice | None, user: User) -> None:
    """The password was right: the tries before it were its owner's.

    But not when they signed in by an address that they have only said to be theirs: those tries may have been meant
    for its owner, and whoever signs up with somebody's address must not get more of them.
    """
    if device is not None or "@" not in login or user.email_claim is None:
        forgive(*_count_of(login, device))


def failed(device: KnownDevice | None, address: str) -> None:
    """The password was wrong."""
    if device is None:
        spend("LOGIN_FAILURES", f"address:{address}")


def _count_of(login: str, device: KnownDevice | None) -> tuple[str, str]:
    if device is not None:
        return "LOGIN_DEVICE", f"device:{device.id}"
    typed = login.strip()[:LOGIN_LIMIT]
    key = f"address {email_key(typed)}" if "@" in typed else f"name {skeleton(typed)}"
    return "LOGIN_ACCOUNT", f"account:{hashlib.sha256(key.encode('utf-8', 'surrogatepass')).hexdigest()}"
