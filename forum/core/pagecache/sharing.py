"""What a view says about its page: that all visitors get the same one, and until when its words about time hold."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import ParamSpec
from urllib.parse import quote

from flask import Flask, Response, has_request_context, request, session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException

from forum.core.database import now
from forum.core.pagecache.scopes import LISTS, of_thread

SLOT = "forum.page"  # in the WSGI environment: the Wish, where the page may be kept
OFFER = "forum.readers_page"  # there too: the Offer (making.py), where a page of people who are signed in may be kept
_MARK = "is_shared_page"
_THREAD = "argument_that_names_a_thread"
HOLDS_SECONDS = 30.0  # a page says "3 minutes ago"; no such page is kept longer, however quiet the forum is
LONG_SECONDS = 3600.0  # of one that says nothing of the kind

Given = ParamSpec("Given")


@dataclass
class Wish:
    """How the page that is being made may be kept."""

    is_shared: bool = False
    seconds: float = HOLDS_SECONDS


def shared(view: Callable[Given, Response]) -> Callable[Given, Response]:
    """Mark a view whose page, for visitors, hangs on its address, the language, the appearance and the database alone.

    Only an answer 200 that sets no cookie and has not looked at the visitor's own store (flashes, tokens) is kept.
    """

    @wraps(view)
    def marked(*given: Given.args, **named: Given.kwargs) -> Response:
        answer = view(*given, **named)
        wish = request.environ.get(SLOT)
        if wish is not None:
            wish.is_shared = answer.status_code == 200 and not session.modified
            if wish.is_shared:
                _tell_caches(answer)
        return answer

    setattr(marked, _MARK, True)
    return marked


def _tell_caches(answer: Response) -> None:
    """Let a CDN keep the page under names by which it can be purged, and ask about it each time (docs/cdn.md)."""
    given = request.view_args or {}
    keys = ["forum", str(request.endpoint).replace(".", "-")]
    keys += [f"{name.removesuffix('_id')}-{value}" for name, value in given.items() if name.endswith("_id")]
    if len(keys) == 2 and "slug" in given:
        keys.append(f"{request.blueprint}-{quote(given['slug'])}")
    answer.headers["Cache-Control"] = "public, no-cache"
    answer.headers["Surrogate-Key"] = " ".join(keys)  # as Fastly and Varnish read it
    answer.headers["Cache-Tag"] = ",".join(keys)  # as Cloudflare, Bunny and Google do
    answer.vary.update(("Cookie", "Accept-Language"))


def of_one_thread(argument: str) -> Callable[[Callable[Given, Response]], Callable[Given, Response]]:
    """Mark a view whose page shows one thread, of the id that the argument says, and beside it nothing of another one.

    Such a page is kept while others write in other threads (ADR 35). tests/core/test_scopes.py changes those and looks.
    """

    def mark(view: Callable[Given, Response]) -> Callable[Given, Response]:
        setattr(view, _THREAD, argument)
        return view

    return mark


def scope_of_shared(app: Flask, path: str) -> int | None:
    """Return the scope of the page at `path` if its view is marked as shared."""
    return scope_of_marked(app, path, _MARK)


def scope_of_marked(app: Flask, path: str, mark: str) -> int | None:
    """Return the scope of the page at `path` if its view has this attribute; a path that leads nowhere has none."""
    try:
        endpoint, arguments = app.url_map.bind("").match(path, method="GET")
    except (HTTPException, RoutingException):
        return None
    view = app.view_functions[endpoint]
    if not hasattr(view, mark):
        return None
    argument = getattr(view, _THREAD, None)
    return of_thread(arguments[argument]) if argument else LISTS


def holds_until(moment: datetime | None) -> None:
    """Say that something on the page changes at `moment` by the clock alone, such as the state of a session.

    None, and what has passed already, changes nothing any more.
    """
    wish = _wish()
    if wish is not None and moment is not None and (seconds := (moment - now()).total_seconds()) > 0:
        wish.seconds = min(wish.seconds, seconds)


def holds_long() -> None:
    """Say that the page tells nobody how long ago something was: it holds as long as nothing is written."""
    wish = _wish()
    if wish is not None:
        wish.seconds = LONG_SECONDS


def _wish() -> Wish | None:
    if not has_request_context():
        return None
    offer = request.environ.get(OFFER)
    return offer.wish if offer is not None else request.environ.get(SLOT)
