"""The home page: what this place is, where experts are answering, the sub-themes, and what is being discussed."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from forum.core import web
from forum.core.pagecache import for_readers, shared
from forum.threads import lists, plugs
from forum.threads.marks import mark_unread

bp = Blueprint("home", __name__)

PINNED_SHOWN = 5


@bp.get("/")
@shared
@for_readers
def show() -> Response:
    """Show the home page, or a later page of what is being discussed."""
    reader = web.reader()
    before = request.args.get("before", "")
    page = lists.latest(before, viewer=reader)
    answering = [] if before else lists.answering(PINNED_SHOWN)
    mark_unread(reader, [*(row.thread for row in answering), *page.items])
    return web.page(
        "home.html",
        answering=answering,
        subthemes=[] if before else lists.subthemes_with_latest(),
        panels=[] if before else plugs.panels(plugs.home_panels, reader),
        page=page,
        next_url=url_for(".show", before=page.next_cursor) if page.next_cursor else None,
        first_url=url_for(".show") if before else None,
    )
