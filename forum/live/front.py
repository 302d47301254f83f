"""In front of everything else: whoever asks at /live asks as nobody, waits for no database, and is counted."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

from forum.live.views import SESSIONS_SHARE

PATH = "/live"
_THREAD = re.compile(r"thread=([1-9]\d{0,9})", re.ASCII)
# What would make the same answer another one for each reader, name who reads, or be answered by 304: an EventSource
# that gets anything but 200 is closed for good.
LEFT_OUT = frozenset(
    {
        "HTTP_ACCEPT_ENCODING",
        "HTTP_ACCEPT_LANGUAGE",
        "HTTP_AUTHORIZATION",
        "HTTP_COOKIE",
        "HTTP_IF_MODIFIED_SINCE",
        "HTTP_IF_NONE_MATCH",
        "HTTP_RANGE",
        "HTTP_X_REQUESTED_WITH",
    }
)


class Asks:
    """Lets requests to `PATH` and beneath it through to `kept`, without names, and all others to `behind`.

    `kept` is the application with the kept pages in front, but without those who wait for a database that is away:
    thousands of pages that ask by themselves would take the places of people who have written something.
    """

    def __init__(self, behind: WSGIApplication, kept: WSGIApplication, seconds: int) -> None:
        """`seconds` after which a page asks again."""
        self._behind = behind
        self._kept = kept
        self._seconds = seconds
        self._turn = threading.Lock()
        self.asked = 0  # answers that told a state
        self.watched = 0.0  # seconds until the askers come again, in all: its growth in a second is how many there are

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path, query = environ.get("PATH_INFO", ""), environ.get("QUERY_STRING", "")
        if path != PATH and not path.startswith(f"{PATH}/"):
            return self._behind(environ, start_response)
        nameless = {name: value for name, value in environ.items() if name not in LEFT_OUT}
        if path == PATH and (thread := _THREAD.fullmatch(query)):  # a path says which page it is, and what changes it
            nameless |= {"PATH_INFO": f"{PATH}/threads/{thread[1]}", "QUERY_STRING": ""}

        def begin(status: str, headers: list[tuple[str, str]], *given: Any) -> Any:
            if environ["REQUEST_METHOD"] == "GET" and status.startswith("200"):
                self._count("session=" in query)
            return start_response(status, headers, *given)

        return self._kept(nameless, begin)

    def _count(self, is_session: bool) -> None:
        with self._turn:
            self.asked += 1
            self.watched += self._seconds / (SESSIONS_SHARE if is_session else 1)


def stand_in_front(app: Flask, kept: WSGIApplication) -> None:
    """Let asks at /live pass to `kept`, and everything else go on as before."""
    asks = app.extensions["live"] = Asks(app.wsgi_app, kept, app.config["LIVE_SECONDS"])
    app.wsgi_app = asks  # type: ignore[method-assign]
