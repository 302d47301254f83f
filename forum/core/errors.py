"""The refusals that actions raise; `error_pages` answers them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

NOT_ALLOWED = _l("You may not do this.")
NOT_FOUND = _l("There is nothing at this address, or you may not see it.")
FILES_AWAY = _l(
    "The place where files are kept does not answer, so nothing was saved. Please try again in a few seconds."
)


class Refused(Exception):
    """An act that is refused, with a message for the person (lazily translated)."""

    status = 422

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Forbidden(Refused):
    """The person may see it, but may not do this."""

    status = 403

    def __init__(self, message: Any = None) -> None:
        super().__init__(message or NOT_ALLOWED)


class NotFound(Refused):
    """It does not exist, or the person may not know that it does."""

    status = 404

    def __init__(self, message: Any = None) -> None:
        super().__init__(message or NOT_FOUND)


class Conflict(Refused):
    """The state has changed since the person looked."""

    status = 409


class Busy(Refused):
    """The forum can't do it at this moment; nothing is wrong with what was sent, and it may be sent again."""

    status = 503


class FilesAway(Busy):
    """The store of files does not answer, or refuses; `orig` says why, in English, for the log and the operator."""

    def __init__(self, orig: str) -> None:
        super().__init__(FILES_AWAY)
        self.orig = orig


def allow(why_not: Any | None) -> None:
    """Raise Forbidden with the sentence of a policy that says why not, if there is one."""
    if why_not is not None:
        raise Forbidden(why_not)
