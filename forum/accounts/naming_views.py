"""Changing one's user name."""

from __future__ import annotations

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import name_actions, queries
from forum.accounts.forms import NameForm
from forum.accounts.proving import fresh
from forum.accounts.refusals import BadField
from forum.config import NAME_PAUSE
from forum.core import i18n, web
from forum.core.database import now
from forum.core.limits import limited

bp = Blueprint("naming", __name__)


@bp.route("/settings/name", methods=("GET", "POST"))
@fresh()
@limited("PROFILE", accepted_only=True)
def username() -> Response:
    """Take another user name; the former one still leads here."""
    form = NameForm(obj=current_user)
    if form.validate_on_submit():
        try:
            changed = name_actions.change_name(current_user, form.username.data, site_name=i18n.site_name())
        except BadField as refusal:
            form.refuse(refusal.field, refusal.message)
        else:
            if changed:
                flash(gettext("You are @%(name)s now.", name=form.username.data.strip()))
            return web.see_other(url_for(".username"))
    moment = name_actions.next_change(current_user)
    return web.page(
        "accounts/name.html",
        422 if form.errors else 200,
        form=form,
        waits_until=moment if moment and moment > now() else None,
        pause_days=NAME_PAUSE.days,
        former=queries.former_names(current_user.id),
    )
