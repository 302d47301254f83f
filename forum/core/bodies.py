"""What is sent is taken in before Flask begins, in few places: who sends slowly holds no thread that pages need.

A proxy in front that takes requests in whole (deploy/ has two) leaves nothing for this to do.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from threading import Condition
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, request
from flask_babel import lazy_gettext as _l

from forum.core import cookies
from forum.core.errors import Busy
from forum.core.networks import cut

PLACES = 6  # of a process's twelve threads (serve.BLOCKING_THREADS)
OF_ONE_NETWORK = 4
WAIT_SECONDS = 0.2  # for a place: what has arrived already is taken in at once
MOST_BYTES = 5 * 1024 * 1024  # a picture and its form; of more Flask reads nothing, since its length says enough
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")  # of other kinds nobody waits for what is sent
_REFUSED = "forum.no_place"


class Bodies:
    """In front of an application: gives it bodies that are here, or a request without one that it refuses."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._reading: Counter[str] = Counter()
        self._changed = Condition()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Serve a request."""
        if "HTTP_COOKIE" in environ:
            cookies.leave_text_alone(environ)
        if "CONTENT_TYPE" in environ and (most := _length(environ)) and most <= MOST_BYTES + 1:
            with self._place(cut(str(environ.get("REMOTE_ADDR") or ""))) as is_free:
                environ[_REFUSED] = not is_free
                environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(most) if is_free else b"")
        return self._app(environ, start_response)

    @contextmanager
    def _place(self, network: str) -> Iterator[bool]:
        with self._changed:
            is_free = self._changed.wait_for(lambda: self._is_free(network), WAIT_SECONDS)
            self._reading[network] += is_free
        try:
            yield is_free
        finally:
            with self._changed:
                self._reading[network] -= is_free
                self._reading += Counter()  # forgets the networks of which nobody sends
                self._changed.notify_all()

    def _is_free(self, network: str) -> bool:
        return self._reading[network] < OF_ONE_NETWORK and self._reading.total() < PLACES


def _length(environ: WSGIEnvironment) -> int:
    """Return how many bytes to read: what the request says, one more than is taken where it does not, 0 for none."""
    if not str(environ.get("CONTENT_TYPE") or "").lower().startswith(FORMS):
        return 0
    said = str(environ.get("CONTENT_LENGTH") or "")
    if said.isascii() and said.isdigit():
        return int(said)
    return MOST_BYTES + 1 if environ.get("wsgi.input_terminated") and environ.get("HTTP_TRANSFER_ENCODING") else 0


def init_app(app: Flask) -> None:
    """Refuse what found no place; `stand_in_front` says which that is."""
    app.before_request(_refuse)


def stand_in_front(app: Flask) -> None:
    """Take in what is sent before `app` sees it."""
    app.wsgi_app = Bodies(app.wsgi_app)  # type: ignore[method-assign]


def _refuse() -> None:
    if request.environ.get(_REFUSED):
        raise Busy(_l("Too many are sending something at this moment. Go back, and send it again in a few seconds."))
