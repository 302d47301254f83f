"""The forum asked inside this process, without a server: how many functions a request calls, and what it computes."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import Any
from wsgiref.types import WSGIApplication, WSGIEnvironment

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder

from bench.attacks.browser import Answer
from bench.speed.figures import Wrong


def request(
    path: str, headers: Mapping[str, str] | None = None, fields: Mapping[str, str] | None = None
) -> WSGIEnvironment:
    """Return a request, to be sent once; `path` may have a query. With `fields` it sends a form."""
    method = "GET" if fields is None else "POST"
    return EnvironBuilder(path, method=method, headers=Headers(dict(headers or {})), data=fields).get_environ()


def ask(app: WSGIApplication, environ: WSGIEnvironment) -> Answer:
    """Send a request, and read the answer to its end."""
    (status, headers, *_), body = _sent(app, environ)
    return Answer(int(status.split()[0]), tuple(headers), body.decode("utf-8", "replace"), 0.0)


def seconds(app: WSGIApplication, environs: Sequence[WSGIEnvironment], status: int = 200) -> float:
    """Return the seconds of the processor that these requests take. Raises Wrong when one has another status."""
    statuses = []
    began = time.process_time()
    for environ in environs:
        (said, *_), _body = _sent(app, environ)
        statuses.append(said)
    taken = time.process_time() - began
    if wrong := [said for said in statuses if not said.startswith(str(status))]:
        raise Wrong(f"{environs[0]['PATH_INFO']} answers {wrong[0]}")
    return taken


def calls(app: WSGIApplication, environ: WSGIEnvironment) -> int:
    """Return how many functions a request calls, built-in ones included, and not those of the asking itself."""
    return _counted(app, environ) - _counted(_nothing, environ) + 2  # `app` is called, and says how it begins


def _counted(app: WSGIApplication, environ: WSGIEnvironment) -> int:
    seen: list[str] = []
    sys.setprofile(lambda _frame, event, _function: seen.append(event))
    try:
        _sent(app, environ)
    finally:
        sys.setprofile(None)
    return seen.count("call") + seen.count("c_call")


def _sent(app: WSGIApplication, environ: WSGIEnvironment) -> tuple[Any, bytes]:
    began: list[Any] = []
    parts = app(environ, lambda *given: began.append(given))  # type: ignore[arg-type]  # what it returns nobody calls
    body = b"".join(parts)
    if hasattr(parts, "close"):
        parts.close()
    return began[-1], body


def _nothing(_environ: WSGIEnvironment, begin: Any) -> list[bytes]:
    begin("200 OK", [])
    return [b""]
