"""One's own ways in: the authenticator app, recovery codes, passkeys."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup

from forum.accounts import sessions, signin
from forum.accounts.devices import browser_and_system
from forum.accounts.proving import fresh
from forum.core import i18n, web
from forum.core.errors import Conflict
from forum.core.limits import limited
from forum.entry import authenticators, passkeys, providers, queries, totp
from forum.entry.admission import is_asked_of_staff, owes_second_step, this_browser
from forum.entry.forms import CodeForm, PasskeyNameForm

bp = Blueprint("security", __name__, url_prefix="/settings/security")


def _owes() -> bool:
    """Whether the account is asked for a second factor at sign-in: then a password changes none of them."""
    return owes_second_step(current_user)


@bp.get("")
@fresh()
def index() -> Response:
    """List the ways in and what can be done with each."""
    return _index()


def _index(status: int = 200, problem: str = "") -> Response:
    user = current_user
    can_add = passkeys.are_possible()
    return web.page(
        "entry/security.html",
        status,
        problem=problem,
        has_codes=queries.has_authenticator(user.id),
        codes_left=queries.recovery_codes_left(user.id),
        passkeys=queries.passkeys(user.id),
        may_remove=queries.ways_in(user, providers.configured()) > 1,
        identities=queries.identities(user.id),
        providers=providers.configured(),
        options=passkeys.options_to_add(user, this_browser(), i18n.site_name()) if can_add else "",
        name=PasskeyNameForm(formdata=None),
        is_asked=is_asked_of_staff(user) and not queries.has_second_factor(user.id),
    )


@bp.post("/authenticator")
@fresh(by_factor=_owes)
@limited("PROFILE")
def start() -> Response:
    """Make a secret for an authenticator app and show it."""
    authenticators.start(current_user)
    return web.see_other(url_for(".setting_up"))


@bp.route("/authenticator/confirm", methods=("GET", "POST"))
@fresh(by_factor=_owes)
@limited("PROFILE")
def setting_up() -> Response:
    """Show the secret; the first right code puts it in force and brings the recovery codes."""
    secret = authenticators.secret_in_making(current_user)
    if secret is None:
        return web.see_other(url_for(".index"))
    form = CodeForm()
    if form.validate_on_submit():
        codes = authenticators.confirm(current_user, form.code.data)
        if codes is not None:
            _has_second_factor_now()
            return _codes(codes)
        form.refuse("code", gettext("This code is not right. Check the clock of your phone, then take the next one."))
    address = totp.address(secret, current_user.username, i18n.site_name())
    # our own drawing, made from words that stand in no tag of it
    drawing = Markup(totp.drawing(address))  # noqa: S704
    return web.page(
        "entry/authenticator.html",
        422 if form.errors else 200,
        form=form,
        secret=totp.grouped(secret),
        address=address,
        drawing=drawing,
    )


def _has_second_factor_now() -> None:
    here = signin.here()
    if here is not None:
        sessions.prove(here.id, has_second_factor=True)


def _codes(codes: list[str]) -> Response:
    """Show recovery codes, this once."""
    return web.page("entry/recovery.html", codes=codes)


@bp.post("/authenticator/remove")
@fresh(by_factor=_owes)
@limited("PROFILE")
def remove_authenticator() -> Response:
    """Take the authenticator app and its recovery codes away."""
    if authenticators.remove(current_user):
        flash(gettext("The authenticator app is taken away. Your password alone signs you in now."), "warning")
    return web.see_other(url_for(".index"))


@bp.post("/recovery")
@fresh(by_factor=_owes)
@limited("PROFILE")
def new_codes() -> Response:
    """Make ten new recovery codes; the former ones end."""
    return _codes(authenticators.new_recovery_codes(current_user))


@bp.post("/passkeys")
@fresh(by_factor=_owes)
@limited("PROFILE")
def add_passkey() -> Response:
    """Keep a passkey that this browser has just made."""
    form = PasskeyNameForm()
    if not form.validate():
        return _index(422, " ".join(form.name.errors))
    name = form.name.data or " · ".join(filter(None, browser_and_system(request.user_agent.string)))
    try:
        passkeys.add(current_user, form.passkey.data or "", this_browser(), name)
    except (passkeys.NotAccepted, Conflict) as refusal:
        return _index(refusal.status, str(refusal))
    _has_second_factor_now()
    flash(gettext("The passkey is kept. You can sign in with it from now on."))
    return web.see_other(url_for(".index"))


@bp.post("/passkeys/<int:passkey_id>")
@fresh()
@limited("PROFILE")
def rename_passkey(passkey_id: int) -> Response:
    """Call a passkey something else."""
    form = PasskeyNameForm()
    if not form.validate():
        return _index(422, " ".join(form.name.errors))
    passkeys.rename(current_user, passkey_id, form.name.data)
    flash(gettext("Saved."))
    return web.see_other(url_for(".index"))


@bp.post("/passkeys/<int:passkey_id>/remove")
@fresh(by_factor=_owes)
@limited("PROFILE")
def remove_passkey(passkey_id: int) -> Response:
    """Take a passkey away."""
    try:
        passkeys.remove(current_user, passkey_id)
    except Conflict as refusal:
        return _index(refusal.status, str(refusal))
    flash(gettext("The passkey is taken away. Delete it on your device as well."))
    return web.see_other(url_for(".index"))
