"""/live: the present state of what a page shows, as an event that the browser's own EventSource asks for again."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, request, session

from forum.core.pagecache import holds_long, of_one_thread, shared
from forum.core.paging import id_in
from forum.live import queries
from forum.subthemes.queries import by_slug

bp = Blueprint("live", __name__)

SESSIONS_SHARE = 3  # a session's page asks so many times as often as others: people wait there for what comes


@bp.get("/live")
@shared
def show() -> Response:
    """Tell the state of `?session=ID`, `?subtheme=SLUG` or, without any, of the home page, and end.

    204 says that nobody need ask any more: the operator has set LIVE_SECONDS=0.
    """
    return _told(_state, SESSIONS_SHARE if "session" in request.args else 1)


@bp.get("/live/threads/<int:thread_id>")
@of_one_thread("thread_id")
@shared
def of_thread(thread_id: int) -> Response:
    """Tell the state of one thread; front.py leads here from `/live?thread=ID`."""
    return _told(lambda: queries.of_thread(thread_id))


def _told(state: Callable[[], queries.State | None], share: int = 1) -> Response:
    seconds = current_app.config["LIVE_SECONDS"]
    if not seconds:
        return Response(status=204)
    holds_long()
    data = json.dumps(state() or abort(404), separators=(",", ":"))
    body = f"retry: {seconds * 1000 // share}\nid: {zlib.crc32(data.encode()):08x}\ndata: {data}\n\n"
    return Response(body, content_type="text/event-stream; charset=utf-8")


@bp.after_request
def _same_for_all(answer: Response) -> Response:
    """Whoever asks gets this: front.py lets nothing through that names anybody, or that a language is wished by."""
    answer.vary.clear()
    session.accessed = False  # else Flask says that it may be another answer with another cookie
    return answer


def _state() -> queries.State | None:
    """Return what is asked for; None where there is no such thing for everybody to see."""
    asked = request.args.to_dict(flat=False)
    if not asked:
        return queries.of_lists()
    [name, *others], [value, *more] = asked.keys(), [value for values in asked.values() for value in values]
    if others or more:
        return None
    if name == "subtheme":
        subtheme = by_slug(value)
        return queries.of_lists(subtheme.id) if subtheme else None
    number = id_in(value) if name == "session" else None
    return None if number is None else queries.of_session(number)
