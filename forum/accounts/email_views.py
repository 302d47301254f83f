"""Changing one's e-mail address: the form, and the page behind the link in the letter."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import email_actions, links
from forum.accounts.forms import EmailForm
from forum.accounts.proving import fresh, has_password, is_right
from forum.accounts.refusals import BadField
from forum.core import web
from forum.core.errors import NotFound
from forum.core.forms import Form
from forum.core.limits import limited

bp = Blueprint("email", __name__, url_prefix="/settings/email")


def _cancels() -> bool:
    return bool(request.form.get("cancel"))


@bp.route("", methods=("GET", "POST"))
@fresh(unless=has_password)  # the password, which the form asks for, is the proof
@limited("EMAIL", unless=_cancels)
def change() -> Response:
    """Ask for a link at another address, or take that back (`cancel`), which is never too often."""
    if request.method == "POST" and _cancels():
        email_actions.cancel(current_user)
        flash(gettext("The change is cancelled. Your address stays as it is."))
        return web.see_other(url_for(".change"))
    form = EmailForm()
    if not form.is_submitted() and current_user.email_claim:
        form.email.data = current_user.email  # not shown to be theirs yet: the link there shows it
    if not has_password():
        del form.current_password
    if form.validate_on_submit() and _asked(form):
        flash(
            gettext(
                "A link is on its way to %(address)s. Your address changes when you open it.", address=form.email.data
            )
        )
        return web.see_other(url_for(".change"))
    pending = email_actions.pending(current_user.id)
    return web.page("accounts/email.html", 422 if form.errors else 200, form=form, pending=pending)


def _asked(form: EmailForm) -> bool:
    """Send the link if the password is right and the address can be one; else say so in the form."""
    if has_password() and not is_right(form, form.current_password):
        return False
    try:
        email_actions.ask_for(current_user, form.email.data)
    except BadField as refusal:
        form.refuse(refusal.field, refusal.message)
        return False
    return True


@bp.get("/<token>")
def show(token: str) -> Response:
    """Show the button that changes the address: a mail scanner that opens the link must not use it up."""
    link = links.find(token, email_actions.PURPOSE)
    if link is None:
        raise NotFound(email_actions.DEAD)
    return web.page("accounts/email_confirm.html", form=Form(), token=token, address=link.address)


@bp.post("/<token>")
@limited("PROFILE")
def use(token: str) -> Response:
    """Change the address."""
    person = email_actions.complete(token)
    flash(gettext("Your e-mail address is now %(address)s.", address=person.email))
    mine = current_user.is_authenticated and current_user.id == person.id
    return web.see_other(url_for(".change") if mine else "/")
