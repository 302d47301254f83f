"""Choosing several cases of the queue, deciding them at once, and what became of them."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import ngettext
from flask_login import current_user

from forum.config import BULK_MOST
from forum.core import web
from forum.core.errors import Forbidden, NotFound, Refused
from forum.core.limits import limited
from moderation import desk, rules, staff_views, wording
from moderation.bulk import actions, policy, queries
from moderation.bulk.forms import BulkForm, chosen_cases
from moderation.bulk.models import BulkAct
from moderation.bulk.wording import RESULTS

bp = Blueprint("bulk", __name__)
bp.before_request(staff_views.moderators_only)


@bp.route("/moderation/bulk", methods=("GET", "POST"))
@limited("STAFF", accepted_only=True)
def choose() -> Response:
    """Show a page of the queue with boxes to tick, and decide what is ticked."""
    form, chosen = BulkForm(current_user), chosen_cases(request.form.getlist("case"))
    status = 422
    if form.validate_on_submit():
        try:
            act = actions.decide_many(chosen, current_user, form.outcome.data, form.reason.data, form.rule.data)
        except Forbidden:
            raise
        except Refused as refusal:
            form.refuse("outcome", refusal.message)
            status = refusal.status
        else:
            return web.see_other(url_for(".show", act_id=act.id, **staff_views.narrowed()))
    return web.page(
        "moderation/bulk.html",
        status if form.errors else 200,
        queue=desk.queue(current_user, request.args, request.args.get("after", "")),
        form=form,
        ticked=dict(chosen),
        most=BULK_MOST,
        words=wording,
        name_of_rule=rules.name_of,
        narrowed=staff_views.narrowed(),
    )


@bp.get("/moderation/bulk/<int:act_id>")
def show(act_id: int) -> Response:
    """Show what became of each case."""
    act = _found(act_id)
    return web.page(
        "moderation/bulk_act.html",
        bulk=act,
        results=RESULTS,
        name_of_rule=rules.name_of,
        words=wording,
        may_reverse=policy.may_reverse(current_user, act),
        narrowed=staff_views.narrowed(),
    )


@bp.post("/moderation/bulk/<int:act_id>/reverse")
@limited("STAFF", accepted_only=True)
def reverse(act_id: int) -> Response:
    """Take back all of it that still stands."""
    _found(act_id)
    count = actions.reverse(act_id, current_user)
    flash(ngettext("%(num)s decision is taken back.", "%(num)s decisions are taken back.", count))
    return web.see_other(url_for(".show", act_id=act_id))


def _found(act_id: int) -> BulkAct:
    act = queries.act(act_id)
    if act is None or not policy.sees_act(current_user, act):
        raise NotFound
    return act
