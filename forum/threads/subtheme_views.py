"""A sub-theme's page: what it is about, its experts, its pinned threads, and the others by latest activity."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for

from forum.core import web
from forum.core.pagecache import for_readers, shared
from forum.experts.queries import of_subtheme
from forum.subthemes.queries import by_slug
from forum.threads import lists, plugs, policy
from forum.threads.marks import mark_unread

bp = Blueprint("subthemes", __name__)

EXPERTS_SHOWN = 6


@bp.get("/subthemes/<slug>")
@shared
@for_readers
def show(slug: str) -> Response:
    """Show one page of the sub-theme's threads."""
    subtheme = by_slug(slug) or abort(404)
    reader = web.reader()
    before = request.args.get("before", "")
    page = lists.latest(before, subtheme.id, viewer=reader)
    pinned = [] if before else lists.pinned_of(subtheme.id)
    mark_unread(reader, [*pinned, *page.items])
    return web.page(
        "subtheme.html",
        subtheme=subtheme,
        experts=[(credential.user, credential) for credential in of_subtheme(subtheme.id, EXPERTS_SHOWN)],
        pinned=pinned,
        held=[] if before else lists.held_of(reader, subtheme.id),
        panels=[] if before else plugs.panels(plugs.subtheme_panels, reader, subtheme),
        page=page,
        next_url=url_for(".show", slug=slug, before=page.next_cursor) if page.next_cursor else None,
        first_url=url_for(".show", slug=slug) if before else None,
        may_start=policy.why_not_start_thread(reader, subtheme) is None,
    )
