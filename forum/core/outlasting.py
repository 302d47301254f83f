"""A restart of PostgreSQL costs a request a moment and no answer: whom it cut off waits, and is asked anew (ADR 30).

Sure is what was rolled back: an attempt that has sent no COMMIT has written nothing. One that has sent it is repeated
only where doing it twice does it once: what only reads, and forms with a token. A unique column holds that, or their
action sees by what is stored that it is done (asking/planning.change).
"""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask
from sqlalchemy import URL, make_url

from forum.core.attempts import MARK, PAUSE_SECONDS, SLOT, Attempt

PLACES = 8  # of a process's twelve threads (serve.BLOCKING_THREADS); who comes when they are taken is refused at once
LOOK_SECONDS = 2  # for which one look may take; the least that can be asked for


class Outlasting:
    """In front of an application that asks PostgreSQL; `looks` says whether it answers at this moment."""

    def __init__(self, behind: WSGIApplication, looks: Callable[[], bool], seconds: float) -> None:
        """`seconds`: how long a request waits, and after how long of an outage nobody does any more."""
        self._behind = behind
        self._looks = looks
        self._seconds = seconds
        self._places = threading.Semaphore(PLACES)
        self._turn = threading.Lock()  # of who looks: one is enough
        self._began = self._failed_at = self._back_at = float("-inf")
        self.repeated = 0  # attempts that were made anew

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request, at the latest when `seconds` are over and one more attempt has failed."""
        until = time.monotonic() + self._seconds
        began: Any = ()
        body = environ.get("wsgi.input")
        sent = body.getvalue() if isinstance(body, io.BytesIO) else None

        def begin(*given: Any) -> Any:
            nonlocal began
            began = given

        attempt = Attempt(self, until)
        while True:
            again = {**environ, SLOT: attempt}
            if sent is not None:
                again["wsgi.input"] = io.BytesIO(sent)
            try:
                parts = self._behind(again, begin)
                if not (attempt.has_place and any(name == MARK for name, _value in began[1])):
                    start_response(*began)
                    return parts
                _end(parts)
                is_back = attempt.is_back()
            finally:
                if attempt.has_place:
                    self._places.release()
            attempt = Attempt(self, until, attempt)
            attempt.is_last = not is_back
            self.repeated += 1

    def take_place(self) -> bool:
        """Whether there is a place to wait; it is taken then."""
        return self._places.acquire(blocking=False)

    def patience_until(self) -> float:
        """Note that the database failed just now; return until when anybody waits for it.

        An outage begins with a failure after a while without any, or after a look that was answered. Those who come to
        one that is long are answered at once, and threads are there for what needs no database.
        """
        moment = time.monotonic()
        if moment - self._failed_at >= self._seconds or self._back_at >= self._began:
            self._began = moment
        self._failed_at = moment
        return self._began + self._seconds

    def is_back(self, until: float) -> bool:
        """Wait for the database; return whether it answered before `until`, to whoever looked."""
        since = time.monotonic()
        while (left := until - time.monotonic()) > 0:
            if self._turn.acquire(timeout=left):
                try:
                    if self._back_at > since:
                        return True
                    asked_at = time.monotonic()
                    if self._looks():
                        self._back_at = asked_at
                        return True
                    self._failed_at = time.monotonic()
                finally:
                    self._turn.release()
            time.sleep(PAUSE_SECONDS)
        return False


def _end(parts: Iterable[bytes]) -> None:
    close = getattr(parts, "close", None)
    if close is not None:
        close()


def stand_in_front(app: Flask) -> None:
    """Let requests of `app` outlast DATABASE_WAIT seconds without PostgreSQL; SQLite is nowhere else and never away."""
    url, seconds = make_url(app.config["SQLALCHEMY_DATABASE_URI"]), app.config["DATABASE_WAIT"]
    if seconds and url.get_backend_name() == "postgresql":
        door = Outlasting(app.wsgi_app, lambda: _answers(url), seconds)
        app.extensions["outlasting"] = app.wsgi_app = door  # type: ignore[method-assign]


def _answers(url: URL) -> bool:
    import psycopg  # noqa: PLC0415 - PostgreSQL is an optional part

    from forum.core.patience import connected  # noqa: PLC0415

    try:
        with connected(url, LOOK_SECONDS) as connection:
            connection.execute("SELECT 1")  # what stands between us and the server may take whoever comes
    except (psycopg.Error, OSError):
        return False
    return True
