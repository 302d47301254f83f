"""Signing up, in and out."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup, escape

from forum.accounts import actions, signin, suspensions
from forum.accounts.appeals import whom_to_write
from forum.accounts.forms import LoginForm, RegisterForm
from forum.accounts.models import User
from forum.core import i18n, web
from forum.core.limits import limited

bp = Blueprint("accounts", __name__)


@bp.route("/register", methods=("GET", "POST"))
@limited("REGISTER", per_address=True, accepted_only=True)
def register() -> Response:
    """Make an account and sign it in at once."""
    form = RegisterForm()
    form.next.data = form.next.data or request.args.get("next", "")
    if current_user.is_authenticated and request.method == "GET":
        return web.see_other(_onward(form.next.data))
    if form.validate_on_submit():
        try:
            user = actions.register(
                form.username.data,
                form.email.data,
                form.password.data,
                i18n.locale_name(),
                site_name=i18n.site_name(),
            )
        except actions.BadField as refusal:
            form.refuse(refusal.field, refusal.message)
        else:
            return _welcome(user, form.next.data)
    return web.page("accounts/register.html", 422 if form.errors else 200, form=form)


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
    flash(gettext("Welcome, %(name)s. Your first posts are shown once a moderator has seen them.", name=user.name))
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
