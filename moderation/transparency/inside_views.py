"""A page for moderators of the whole forum: who decided how much, how far they agree, what has waited longest."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.core import web
from forum.core.errors import Forbidden
from moderation import policy, queue
from moderation.second import agreement
from moderation.second import queries as second
from moderation.transparency import load

bp = Blueprint("inside", __name__)


@bp.get("/moderation/inside")
@login_required
def show() -> Response:
    """Show moderators their load by week, the agreement between them, and the oldest open case."""
    if not policy.sees_everything(current_user):
        raise Forbidden(
            gettext("This page is for moderators of the whole forum. The report beside it is for everybody.")
        )
    return web.page(
        "moderation/inside.html",
        weeks=load.weeks(),
        loads=load.loads(),
        waiting=load.longest_waiting(),
        open_count=queue.open_count(queue.Filter()),
        most=queue.OPEN_COUNTED,
        agreements=agreement.lately(),
        waits_for_me=second.waiting_for(current_user) is not None,
    )
