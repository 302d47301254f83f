"""The list of notices, and marking them read."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask_login import current_user, login_required

from forum.core import web
from forum.core.errors import NotFound
from forum.core.paging import id_in
from forum.notifications import actions, queries, wording

bp = Blueprint("notifications", __name__)


@bp.get("/notifications")
@login_required
def index() -> Response:
    """Show my notices, newest first."""
    before = id_in(request.args.get("before"))
    page = queries.page(current_user, before)
    rows = [(notice, post, *wording.said(notice, post)) for notice, post in page.items]
    older = url_for(".index", before=page.next_cursor) if page.next_cursor else None
    return web.page("notifications/index.html", rows=rows, older=older, first=url_for(".index") if before else None)


@bp.post("/notifications/read")
@login_required
def read() -> Response:
    """Mark one notice read and go where it leads; without `id`, mark all of them."""
    if "id" not in request.form:
        actions.mark_read(current_user.id)
        return web.see_other(url_for(".index"))
    found = queries.own(current_user, id_in(request.form["id"]) or 0)
    if found is None:
        raise NotFound
    notice, post = found
    target = wording.said(notice, post)[2]
    actions.mark_read(current_user.id, notice.id)
    return web.see_other(target or url_for(".index"))


@bp.post("/notifications/mute")
@login_required
def mute() -> Response:
    """Stop following the thread of one of my notices."""
    found = queries.own(current_user, id_in(request.form.get("id")) or 0)
    if found is None or found[1] is None:
        raise NotFound
    actions.mute(current_user.id, found[1].thread_id)
    return web.see_other(url_for(".index"))
