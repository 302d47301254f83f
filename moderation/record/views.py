"""One's own record: what counts against oneself and until when, what counts no more, and what usually comes next."""

from __future__ import annotations

from flask import Blueprint, Response
from flask_login import current_user, login_required

from forum.core import web
from moderation import rules
from moderation.record import queries, steps, wording

bp = Blueprint("record", __name__)


@bp.get("/settings/record")
@login_required
def mine() -> Response:
    """Show the record of who is signed in, as moderators see it beside a case."""
    record = queries.record_of(current_user.id)
    return web.page(
        "moderation/record.html",
        record=record,
        days=steps.counts_for().days,
        steps=steps.table(),
        usual=steps.next_step(len(record.borne)),
        words=wording,
        name_of_rule=rules.name_of,
    )
