"""For `flask doctor`: whether SECRET_KEY still opens what was sealed with it; after a restore it may be another one."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Flask

from forum.core.diagnosis import further_checks
from forum.entry import queries
from forum.entry.sealing import KeyGone, unseal

LOOKED_AT = 1_000  # authenticators; a wrong key opens none of them


def connect(app: Flask) -> None:
    """Have `flask doctor` look."""
    del app
    further_checks["secret key"] = findings


def findings() -> Iterator[str]:
    """Yield how many people can't sign in with their authenticator app."""
    closed = sum(not _opens(secret) for secret in queries.sealed_secrets(LOOKED_AT))
    if closed:
        yield (
            f"{closed:,} authenticator apps were set up with another SECRET_KEY and don't work: put that key back, or "
            "into SECRET_KEY_FALLBACKS; flask people second-factor-off NAME lets somebody in without it"
        )


def _opens(secret: str) -> bool:
    try:
        unseal(secret)
    except KeyGone:
        return False
    return True
