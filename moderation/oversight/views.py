"""The page on which administrators see what each of them did."""

from __future__ import annotations

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_login import current_user

from forum.accounts.policy import may_administer
from forum.core import web
from forum.core.errors import Forbidden
from forum.core.extensions import login_manager
from forum.core.paging import id_in
from moderation import wording as words
from moderation.oversight import queries, wording

bp = Blueprint("oversight", __name__, url_prefix="/admin/acts")


@bp.before_request
def only_admins() -> ResponseReturnValue | None:
    """Let administrators in."""
    if not current_user.is_authenticated:
        return login_manager.unauthorized()
    if not may_administer(current_user):
        raise Forbidden(gettext("This part is for administrators."))
    return None


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
