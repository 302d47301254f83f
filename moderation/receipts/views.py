"""One's own flags and what became of each."""

from __future__ import annotations

from flask import Blueprint, Response, abort, request, url_for
from flask_login import current_user, login_required

from forum.core import web
from forum.core.paging import id_in
from moderation.receipts import queries, wording

bp = Blueprint("receipts", __name__, url_prefix="/flags")


@bp.get("")
@login_required
def index() -> Response:
    """List one's own flags on posts, threads and profiles, newest first."""
    page = queries.flags_by(current_user.id, id_in(request.args.get("after")))
    following = page.next_cursor
    return web.page(
        "moderation/receipts.html",
        receipts=[wording.of_flag(flag) for flag in page.items],
        following=url_for(".index", after=following) if following else None,
        paged="after" in request.args,
    )


@bp.get("/messages")
@login_required
def messages() -> Response:
    """List what one has flagged in conversations, newest first."""
    page = queries.reports_by(current_user.id, id_in(request.args.get("after")))
    following = page.next_cursor
    return web.page(
        "moderation/receipts.html",
        receipts=[wording.of_report(report) for report in page.items],
        following=url_for(".messages", after=following) if following else None,
        paged="after" in request.args,
    )


@bp.get("/<int:flag_id>")
@login_required
def of_post(flag_id: int) -> Response:
    """Show what became of one's flag on a post, a thread or a profile."""
    flag = queries.flag_by(current_user.id, flag_id) or abort(404)
    return web.page("moderation/receipt.html", receipt=wording.of_flag(flag), meanwhile=wording.MEANWHILE)


@bp.get("/messages/<int:report_id>")
@login_required
def of_messages(report_id: int) -> Response:
    """Show what became of messages that one has flagged."""
    report = queries.report_by(current_user.id, report_id) or abort(404)
    return web.page("moderation/receipt.html", receipt=wording.of_report(report), meanwhile=wording.MEANWHILE)
