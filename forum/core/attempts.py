"""One attempt at a request, as what serves it sees it: outlasting.py makes another if the database left amid it."""

from __future__ import annotations

import io
import time
from typing import Protocol

from flask import Response, has_request_context, request

from forum.core import replica

SLOT = "forum.attempt"  # names the present attempt in the WSGI environment
MARK = "Forum-Again"  # a header of answers that nobody gets: the request is made once more
PAUSE_SECONDS = 0.05  # between two looks at the database
READING = ("GET", "HEAD")
_NOTHING: frozenset[str] = frozenset()


class Door(Protocol):
    """Where requests wait."""

    def patience_until(self) -> float:
        """Note that the database failed; return until when anybody waits for it, on the monotonic clock."""

    def take_place(self) -> bool:
        """Whether there is a place to wait; it is taken then."""

    def is_back(self, until: float) -> bool:
        """Wait for the database; return whether it answered before `until`."""


class Attempt:
    """One attempt at a request, and what the attempts before it have counted already."""

    __slots__ = ("_door", "_number", "_until", "counted", "counted_before", "has_place", "is_last", "sent_commit")

    def __init__(self, door: Door, until: float, before: Attempt | None = None) -> None:
        """`until`, on the monotonic clock: later nobody waits."""
        self._door = door
        self._until = until
        self._number: int = before._number + 1 if before else 0
        self.is_last = False
        self.has_place = False
        self.sent_commit: bool = before.sent_commit if before else False
        self.counted_before: frozenset[str] = before.counted if before else _NOTHING
        self.counted: frozenset[str] = self.counted_before

    def may_wait(self) -> bool:
        """Take a place among those who wait for the database, if there is one and it is not away for too long."""
        until = min(self._until, self._door.patience_until())
        if not self.is_last and not self.has_place and time.monotonic() < until:
            self._until, self.has_place = until, self._door.take_place()
        return self.has_place

    def is_back(self) -> bool:
        """Wait for the database as long as the attempt may, and say whether it answers."""
        pause = PAUSE_SECONDS * (2**self._number - 1)  # it may answer, and yet fail whoever asks for more
        time.sleep(max(0.0, min(pause, self._until - time.monotonic())))
        return self._door.is_back(self._until)


def _present() -> Attempt | None:
    found: Attempt | None = request.environ.get(SLOT) if has_request_context() else None
    return found


def note_commit() -> None:
    """A COMMIT is about to be sent: from now on nobody knows whether it is done, until it is answered."""
    attempt = _present()
    if attempt is not None:
        attempt.sent_commit = True


def is_in_doubt() -> bool:
    """Whether this request may have written something, all or a part, though the database has failed it."""
    attempt = _present()
    return attempt is not None and attempt.sent_commit and request.method not in READING


def put_off(*, is_exact: bool) -> Response | None:
    """Return the answer that makes this request wait and come again, or None when it has to be answered now.

    `is_exact`: what it does can be done only once, however often it is asked for.
    """
    attempt = _present()
    if attempt is None or replica.SLOT in request.environ or not _can_be_read_again():
        return None
    if (is_in_doubt() and not is_exact) or not attempt.may_wait():
        return None
    return Response(status=503, headers={MARK: "1", "Cache-Control": "no-store"})


def _can_be_read_again() -> bool:
    """Whether what was sent is kept (bodies.py keeps forms), or nothing was."""
    return request.method in READING or isinstance(request.environ["wsgi.input"], io.BytesIO)


def has_counted(what: str) -> bool:
    """Whether an attempt before this one has counted `what` for this request."""
    attempt = _present()
    return attempt is not None and what in attempt.counted_before


def note_counted(what: str) -> None:
    """Remember that `what` is counted, so that no attempt after this one counts it for the same request."""
    attempt = _present()
    if attempt is not None:
        attempt.counted |= {what}
