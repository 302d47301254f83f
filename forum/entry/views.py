"""Signing in by password or passkey, the second step, signing out."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup, escape

from forum.accounts import actions, known_devices, signin
from forum.accounts import queries as people
from forum.accounts.models import KnownDevice, User
from forum.accounts.proving import askers
from forum.accounts.views import bp as accounts_bp
from forum.core import cookies, security_log, web
from forum.core.error_pages import error_page, words_to_wait
from forum.core.limits import client, limited
from forum.core.plugs import fill
from forum.entry import (
    halves,
    passkeys,
    proofs,
    provider_views,
    providers,
    proving_views,
    queries,
    reset_views,
    throttle,
)
from forum.entry.admission import admit, refuse_suspended, suspension, this_browser
from forum.entry.forms import LoginForm, PasskeyForm, SecondForm
from forum.entry.rooms import bp

__all__ = ["bp", "connect", "provider_views", "proving_views", "reset_views"]
log = logging.getLogger(__name__)


def connect(app: Flask) -> None:
    """Let `fresh()` ask on our page."""
    fill(askers, proving_views.ask)


def _known_device() -> KnownDevice | None:
    """Return this browser if the account whose name was sent knows it; looked up once a request."""
    if "known_device" not in g:
        token = cookies.read(known_devices.COOKIE)
        g.known_device = known_devices.known_for(request.form.get("username", ""), token)
    return g.known_device


# The addresses belong to the blueprint of accounts, under whose names every page links to them.
@accounts_bp.route("/login", methods=("GET", "POST"))
@limited("LOGIN", per_address=True, unless=lambda: _known_device() is not None)
def login() -> Response:
    """Sign in with a name or an e-mail address; every failure looks the same."""
    form = LoginForm()
    form.next.data = form.next.data or request.args.get("next", "")
    if current_user.is_authenticated and request.method == "GET":
        return web.see_other(signin.onward(form.next.data))
    if form.validate_on_submit():
        if wait := throttle.begin(form.username.data, _known_device(), client()):
            security_log.note("sign-in.throttled", _whose(form))
            return _too_many(wait)
        user = _authenticated(form)
        if user is not None and user.is_active:
            return admit(user, form.next.data, means="password")
        if user is not None:
            security_log.note("sign-in.failed", user.id, means="password", suspended=True)
        form.refuse("username", suspension(user) if user else _no_match())
    return _login_page(form, 422 if form.errors else 200)


def _authenticated(form: LoginForm) -> User | None:
    user = actions.authenticate(form.username.data, form.password.data, _known_device())
    if user is None or user.is_closed:
        throttle.failed(_known_device(), client())
        security_log.note("sign-in.failed", _whose(form), means="password")
        return None
    throttle.succeeded(form.username.data, _known_device(), user)
    return user


def _whose(form: LoginForm) -> int | None:
    """Return the number of the account that was named; asked for in the same way whether there is one."""
    named = people.by_login(form.username.data)
    return named.id if named else None


def _login_page(form: LoginForm, status: int) -> Response:
    options = passkeys.options_to_show("in", this_browser()) if passkeys.are_possible() else ""
    outside = providers.configured().values()
    return web.page("entry/login.html", status, form=form, options=options, providers=outside)


def _no_match() -> str:
    return gettext("No account has this name and password. Check both and try again.")


def _too_many(seconds: int) -> Response:
    """Say so in the same words whether there is such an account, and whether the password was right."""
    way_out = escape(
        gettext(
            "There were too many wrong passwords. On a device where you have signed in before you can still sign in, "
            "and %(link)s works too."
        )
    ) % {"link": Markup('<a href="{}">{}</a>').format(url_for("entry.forgot"), gettext("a new password by mail"))}
    return error_page(429, Markup("{} {}").format(way_out, words_to_wait(seconds)), retry_after=seconds)


@bp.post("/login/passkey")
@limited("LOGIN", per_address=True)
def passkey_login() -> Response:
    """Sign in with a passkey, which says itself whose it is."""
    form = PasskeyForm()
    try:
        user = passkeys.check(form.passkey.data or "", "in", this_browser())
    except passkeys.NotAccepted as refusal:
        log.info("a passkey was not accepted: %s", refusal.reason)
        security_log.note("sign-in.failed", means="passkey")
        again = LoginForm(formdata=None, next=form.next.data)
        again.form_errors.append(str(refusal))
        return _login_page(again, refusal.status)
    return refuse_suspended(user) or admit(user, form.next.data, means="passkey", has_second_factor=True)


@bp.route("/login/second", methods=("GET", "POST"))
def second() -> Response:
    """Show the second factor: a code, a recovery code or a passkey. Tries are counted by person, see `proofs`."""
    found = halves.find(cookies.read(halves.COOKIE))
    form = SecondForm()
    form.next.data = signin.onward(form.next.data or request.args.get("next"))
    if found is None:
        return web.see_other(url_for("accounts.login", next=form.next.data))
    half, user = found
    status = 200
    if form.validate_on_submit():
        try:
            proofs.second_factor(user, form.code.data or "", form.passkey.data or "", "second", half.id)
        except proofs.NotShown as refusal:
            form.refuse("code", refusal.message)
            status = refusal.status
        else:
            if halves.use_up(half):
                return admit(user, form.next.data, means=half.means, has_second_factor=True)
    return _second_page(form, status, user, half.id)


def _second_page(form: SecondForm, status: int, user: User, half_id: int) -> Response:
    has_passkey = passkeys.are_possible() and queries.has_passkey(user.id)
    bound_to = proofs.bound_to(half_id)
    return web.page(
        "entry/second.html",
        status,
        form=form,
        options=passkeys.options_to_show("second", bound_to) if has_passkey else "",
        has_codes=queries.has_authenticator(user.id),
    )


@accounts_bp.post("/logout")
def logout() -> Response:
    """Sign out of this browser; without being signed in it does no harm."""
    answer = web.see_other("/")
    signin.sign_out(answer)
    return answer
