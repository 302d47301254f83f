"""The forgotten password: asking for a link, and the page that it opens."""

from __future__ import annotations

from flask import Response, flash
from flask_babel import gettext

from forum.accounts.models import User
from forum.accounts.refusals import BadField
from forum.core import i18n, web
from forum.core.limits import limited
from forum.entry import resets
from forum.entry.admission import admit, refuse_suspended
from forum.entry.forms import ForgotForm, ResetForm
from forum.entry.rooms import bp


@bp.route("/forgot", methods=("GET", "POST"))
@limited("FORGOT", per_address=True)
def forgot() -> Response:
    """Owe whoever it is a letter; the answer is the same whether anybody has this name or address."""
    form = ForgotForm()
    if form.validate_on_submit():
        resets.ask(form.username.data, i18n.locale_name())
        return web.page("entry/forgot_sent.html")
    return web.page("entry/forgot.html", 422 if form.errors else 200, form=form)


@bp.route("/reset/<token>", methods=("GET", "POST"))
@limited("FORGOT", per_address=True, accepted_only=True)
def reset(token: str) -> Response:
    """Set a new password by a link; opening it uses nothing up, for mail programs open links too."""
    form = ResetForm()
    try:
        owner = resets.owner_of(token)
        if owner is None:
            raise resets.LinkOver
        if form.validate_on_submit():
            return _signed_in(resets.set_password(token, form.new_password.data, site_name=i18n.site_name()))
    except BadField as refusal:
        form.refuse(refusal.field, refusal.message)
    except resets.LinkOver as refusal:
        return web.page("entry/link_over.html", 404, message=refusal.message)
    return web.page("entry/reset.html", 422 if form.errors else 200, form=form, owner=owner)


def _signed_in(user: User) -> Response:
    """Sign in on this browser; an account with a second factor is still asked for it."""
    answer = refuse_suspended(user) or admit(user, "/", means="reset")
    # after signing in, which clears what was said before
    flash(gettext("Your password is changed. Every other device has been signed out."))
    return answer
