"""Second opinions: one case at a time, without what was decided and by whom. Moderators of the whole forum only."""

from __future__ import annotations

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts import doors
from forum.core import web
from forum.core.errors import Conflict, NotFound, Refused
from forum.core.limits import limited
from moderation import policy, rules
from moderation import wording as words
from moderation.second import actions, queries
from moderation.second.forms import SecondForm
from moderation.second.models import SecondLook

bp = Blueprint("second_looks", __name__)


bp.before_request(doors.only(policy.sees_everything, _l("Second opinions are for moderators of the whole forum.")))


@bp.get("/moderation/second")
def show() -> Response:
    """Show the next case that waits for a second opinion, or that there is none."""
    look = queries.waiting_for(current_user)
    return _page(look, SecondForm(look.decision.case, formdata=None) if look else None)


@bp.post("/moderation/second/<int:look_id>")
@limited("STAFF", accepted_only=True)
def answer(look_id: int) -> Response:
    """Take the opinion and go on to the next case."""
    look = queries.waiting_for(current_user, look_id)
    if look is None:
        return _gone(look_id)
    form = SecondForm(look.decision.case)
    if not form.validate_on_submit():
        return _page(look, form, 422)
    try:
        actions.answer(look_id, current_user, form.outcome.data or "", form.rule.data or "")
    except (Conflict, Refused) as refusal:
        flash(refusal.message, "warning")
    else:
        flash(gettext("Noted. It changes nothing about the case."))
    return web.see_other(url_for(".show"))


def _gone(look_id: int) -> Response:
    """Lead on from a look that somebody has answered; one that was never for this person isn't there."""
    found = queries.answered(look_id)
    if found is None:
        raise NotFound
    flash(gettext("Somebody has answered this one meanwhile."), "warning")
    return web.see_other(url_for(".show"))


def _page(look: SecondLook | None, form: SecondForm | None, status: int = 200) -> Response:
    case = look.decision.case if look else None
    return web.page(
        "moderation/second.html",
        status,
        look=look,
        case=case,
        told=queries.told(case) if case else None,
        form=form,
        words=words,
        name_of_rule=rules.name_of,
    )
