"""Signing up, in and out."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup, escape

from forum.accounts import actions, registration, signin, signup_form, suspensions
from forum.accounts.appeals import whom_to_write
from forum.accounts.forms import LoginForm, RegisterForm
from forum.accounts.models import User
from forum.core import i18n, web
from forum.core.limits import limited

bp = Blueprint("accounts", __name__)


@bp.route("/register", methods=("GET", "POST"))
@limited("REGISTER", per_address=True, accepted_only=True)
def register() -> Response:
    """Make an account and sign it in at once, in the mode that an admin has set."""
    mode, form = signup_form.mode(), RegisterForm()
    form.next.data = form.next.data or request.args.get("next", "")
    if current_user.is_authenticated and request.method == "GET":
        return web.see_other(_onward(form.next.data))
    if registration.is_unwatched():
        return web.page("accounts/registration_closed.html", 200 if request.method == "GET" else 403)
    signup_form.prepare(form)
    if form.validate_on_submit() and signup_form.is_in_good_time(form, mode):
        try:
            return _welcome(signup_form.sign_up(form, mode), form.next.data)
        except actions.BadField as refusal:
            form.refuse(refusal.field, refusal.message)
    signup_form.renew(form, mode)
    return web.page("accounts/register.html", 422 if form.errors else 200, form=form, **signup_form.context(mode))


@bp.route("/login", methods=("GET", "POST"))
@limited("LOGIN", per_address=True)
def login() -> Response:
    """Sign in with a name or an e-mail address; every failure looks the same."""
    form = LoginForm()
    form.next.data = form.next.data or request.args.get("next", "")
    if current_user.is_authenticated and request.method == "GET":
        return web.see_other(_onward(form.next.data))
    if form.validate_on_submit():
        user = actions.authenticate(form.username.data, form.password.data)
        if user is not None and not user.is_suspended:
            answer = web.see_other(_onward(form.next.data))
            signin.sign_in(answer, user)
            return answer
        form.refuse("username", _suspended(user) if user else _no_match())
    return web.page("accounts/login.html", 422 if form.errors else 200, form=form)


@bp.post("/logout")
def logout() -> Response:
    """Sign out of this browser; without being signed in it does no harm."""
    answer = web.see_other("/")
    signin.sign_out(answer)
    return answer


def _onward(target: str | None) -> str:
    """Where somebody wanted to go before signing in; never another site, never the sign-in pages again."""
    path = web.back(target, "/")
    here = (url_for(".login"), url_for(".register"))
    return "/" if path.partition("?")[0] in here else path


def _welcome(user: User, target: str | None) -> Response:
    answer = web.see_other(_onward(target))
    signin.sign_in(answer, user)
    flash(signup_form.welcome(user))
    return answer


def _no_match() -> str:
    return gettext("No account has this name and password. Check both and try again.")


def _suspended(user: User) -> Markup:
    until = gettext(
        "This account is suspended until %(moment)s. You may read everything without signing in.",
        moment=i18n.exact(user.suspended_until, user.timezone) if user.suspended_until else "",
    )
    where = escape(gettext("If you think that this is wrong, write to %(where)s.")) % {"where": whom_to_write()}
    return Markup(" ").join(filter(None, (until, suspensions.explanation(user), where)))
