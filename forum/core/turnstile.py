"""How many pages one process makes at once: more than two take memory that stays taken, and are no sooner done."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PLACES = 2  # one makes its page while the other's asks the database; of Python's processes only one ever computes
FILES = ("/avatars/", "/settings/data/")  # they take no memory that counts, and may wait for a bucket
PATIENCE_SECONDS = 1.0  # after which a page is made all the same: who holds a place may be waiting for something slow


class Turnstile:
    """Lets few requests through to `behind` at a time. What changes something may wait long, so it does not count."""

    def __init__(self, behind: WSGIApplication, places: int = PLACES, patience: float = PATIENCE_SECONDS) -> None:
        self._behind = behind
        self._places = threading.Semaphore(places)
        self._patience = patience

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        makes_page = environ["REQUEST_METHOD"] == "GET" and not environ["PATH_INFO"].startswith(FILES)
        if not makes_page or not self._places.acquire(timeout=self._patience):
            return self._behind(environ, start_response)
        try:
            return self._behind(environ, start_response)
        finally:
            self._places.release()
