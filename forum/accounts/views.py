"""Signing up. Signing in and out stands in the room `entry`, which adds its views to this blueprint."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request
from flask_login import current_user

from forum.accounts import agegate, registration, signin, signup_form
from forum.accounts.forms import RegisterForm
from forum.accounts.models import User
from forum.accounts.refusals import BadField
from forum.core import web
from forum.core.limits import limited

bp = Blueprint("accounts", __name__)


@bp.route("/register", methods=("GET", "POST"))
@limited("REGISTER", per_address=True, accepted_only=True)
def register() -> Response:
    """Make an account and sign it in at once, in the mode that an admin has set."""
    mode, form = signup_form.mode(), RegisterForm()
    form.next.data = form.next.data or request.args.get("next", "")
    if current_user.is_authenticated and request.method == "GET":
        return web.see_other(signin.onward(form.next.data))
    if registration.is_unwatched():
        return web.page("accounts/registration_closed.html", 200 if request.method == "GET" else 403)
    if (closed := agegate.closed(form)) is not None:
        return closed
    signup_form.prepare(form)
    if form.validate_on_submit() and signup_form.is_in_good_time(form, mode):
        try:
            return _welcome(signup_form.sign_up(form, mode), form.next.data)
        except BadField as refusal:
            form.refuse(refusal.field, refusal.message)
    signup_form.renew(form, mode)
    return web.page("accounts/register.html", 422 if form.errors else 200, form=form, **signup_form.context(mode))


def _welcome(user: User, target: str | None) -> Response:
    answer = web.see_other(signin.onward(target))
    signin.sign_in(answer, user, is_first=True)
    flash(signup_form.welcome(user))
    return answer
