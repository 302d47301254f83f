"""The page of the ranker: how well it does on decisions that it has not seen, and what an admin lets it do."""

from __future__ import annotations

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from forum.accounts import doors
from forum.core import web
from forum.core.errors import Forbidden
from forum.core.limits import limited
from moderation import rules
from moderation.ranker import actions, policy, queries, wording
from moderation.ranker.forms import RankerForm
from moderation.ranker.measuring import ALARMS
from moderation.screens.queries import nudges

bp = Blueprint("ranker", __name__, url_prefix="/moderation/ranker")


# what was learned from all cases is for whoever moderates all of them
bp.before_request(doors.only(policy.may_see, _l("This page is for moderators of the whole forum.")))


@bp.get("")
def show() -> Response:
    """Show how it stands, its figures, and what it may do."""
    return _page(RankerForm(queries.choices()))


@bp.post("")
@limited("STAFF", accepted_only=True)
def choose() -> Response:
    """Set what it may do."""
    if not policy.may_choose(current_user):
        raise Forbidden(gettext("What the ranker may do is for administrators to choose."))
    form = RankerForm(queries.choices())
    if not form.validate_on_submit():
        return _page(form, 422)
    if actions.choose(form.wanted(), current_user):
        flash(gettext("Saved. It holds from the next text on; open cases find their new places within a minute."))
    else:
        flash(gettext("Nothing was changed."), "warning")
    return web.see_other(url_for(".show"))


def _page(form: RankerForm, status: int = 200) -> Response:
    newest, decisions, is_used = queries.newest(), queries.usable(), queries.mind() is not None
    return web.page(
        "moderation/ranker.html",
        status,
        form=form,
        newest=newest,
        figures=newest.figures if newest else None,
        is_used=is_used,
        standing=wording.standing(newest, is_used=is_used, decisions=decisions),
        may_choose=policy.may_choose(current_user),
        chosen=queries.choices(),
        used=dict(zip(("ask", "hold"), queries.limits(), strict=True)),
        alarms=ALARMS,
        nudges=[each for each in nudges() if each.asked_learned or each.reworded_learned or each.insisted_learned],
        name_of_rule=rules.name_of,
    )
