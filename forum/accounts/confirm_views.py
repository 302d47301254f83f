"""The page behind the link in the first letter, and sending that letter again."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_babel import gettext
from flask_login import current_user, login_required

from forum.accounts import confirmations
from forum.accounts.youth import Band
from forum.core import web
from forum.core.errors import Refused
from forum.core.forms import Form
from forum.core.limits import limited

bp = Blueprint("confirm", __name__)


@bp.get("/confirm/<token>")
def show(token: str) -> Response:
    """Show the button that confirms: a mail scanner that opens the link must not use it up."""
    link = confirmations.find(token)
    if link is None:
        return _dead(404)
    return web.page("accounts/confirm.html", form=Form(), token=token, address=link.address, confirming=True)


@bp.post("/confirm/<token>")
@limited("PROFILE")
def use(token: str) -> Response:
    """Confirm the address."""
    try:
        person = confirmations.confirm(token)
    except Refused as refusal:
        return _dead(refusal.status, refusal.message if refusal.status != 404 else None)
    if not person.is_confirmed:
        flash(gettext("Your address is confirmed. You can write as soon as your parent or guardian has agreed."))
    elif person.is_approved:
        flash(gettext("Your address is confirmed. You can write now."))
    else:
        flash(gettext("Your address is confirmed. A moderator looks at your account before others see what you write."))
    return web.see_other("/")  # not signed in by it: whoever reads the letter is not yet who knows the password


@bp.post("/confirm/resend")
@login_required
@limited("RESEND", accepted_only=True)
def resend() -> Response:
    """Send the link again, to the address of the account."""
    if confirmations.resend(current_user) and current_user.age_band == Band.CHILD:
        flash(gettext("The letter to your parent or guardian is sent again. Former links don't work any more."))
    elif not current_user.is_confirmed:
        flash(
            gettext(
                "A new link is on its way to %(address)s. Former ones don't work any more.", address=current_user.email
            )
        )
    else:
        flash(gettext("Your address is confirmed already."))
    return web.see_other(web.back(request.form.get("next"), "/"))


def _dead(status: int, why: object = None) -> Response:
    return web.page("accounts/confirm_dead.html", status, why=why, confirming=True)
