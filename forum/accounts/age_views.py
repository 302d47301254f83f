"""One's own age group: what it means here, the quiet hours, and saying that one is 18 now."""

from __future__ import annotations

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts import aging, quiet, youth, zones
from forum.accounts.forms import QuietForm
from forum.accounts.proving import fresh
from forum.core import web
from forum.core.limits import limited

bp = Blueprint("age", __name__, url_prefix="/settings")


@bp.route("/age", methods=("GET", "POST"))
@login_required
@limited("PROFILE", accepted_only=True)
def mine() -> Response:
    """Show what the forum knows of one's age and what follows from it; a POST changes the quiet hours."""
    form = QuietForm.of(current_user)
    if form.validate_on_submit():
        quiet.choose(current_user, form.hours.data)
        flash(gettext("Saved."))
        return web.see_other(url_for(".mine"))
    return web.page(
        "accounts/age.html",
        422 if form.errors else 200,
        form=form,
        is_minor=youth.is_minor(current_user),
        why_not=aging.why_not(current_user),
        mentions=youth.care_of(current_user).mentions_most,
        zone=zones.words(current_user.timezone) if current_user.timezone else "",
    )


@bp.post("/age/adult")
@fresh()
@limited("PROFILE", accepted_only=True)
def grown_up() -> Response:
    """Say that one is 18 now."""
    aging.come_of_age(current_user)
    flash(gettext("Saved. Your page stays for members only and your quiet hours stay, until you change them."))
    return web.see_other(url_for(".mine"))
