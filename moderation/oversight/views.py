"""The page on which administrators see what each of them did."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for

from forum.accounts import doors
from forum.core import web
from forum.core.paging import id_in
from moderation import wording as words
from moderation.oversight import queries, wording

bp = Blueprint("oversight", __name__, url_prefix="/admin/acts")


bp.before_request(doors.only_admins)


@bp.get("")
def acts() -> Response:
    """List what administrators did that the others are told of, newest first."""
    before = id_in(request.args.get("before"))
    page = queries.acts(before)
    return web.page(
        "admin/acts.html",
        acts=page.items,
        names=words.ACTS,
        roles=words.ROLES,
        details=wording.details,
        older=url_for(".acts", before=page.next_cursor) if page.next_cursor else None,
        newest=url_for(".acts") if before else None,
    )
