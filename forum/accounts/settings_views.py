"""One's own settings: profile, password, signed-in devices."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from flask_login import current_user, login_required

from forum.accounts import actions, addresses, profile_actions, queries, sessions, signin, youth
from forum.accounts.devices import browser_and_system
from forum.accounts.forms import PasswordForm, ProfileForm
from forum.accounts.models import PROFILE_PARTS
from forum.accounts.preferences import YEAR
from forum.accounts.proving import fresh, has_password, is_right
from forum.accounts.refusals import BadField
from forum.accounts.silences import why_silent
from forum.core import cookies, i18n, web
from forum.core.errors import Busy, NotFound
from forum.core.limits import limited
from forum.core.markup.websites import shown_address
from forum.core.networks import cut
from forum.core.paging import id_in

_MEANS = {
    "password": _l("Password"),
    "passkey": _l("Passkey"),
    "reset": _l("Link by mail"),
    "oidc": _l("Another provider"),
}

bp = Blueprint("settings", __name__, url_prefix="/settings")
bp.add_app_template_filter(shown_address)
bp.add_app_template_global(why_silent)


@bp.route("/profile", methods=("GET", "POST"))
@login_required
@limited("PROFILE", accepted_only=True)
def profile() -> Response:
    """Change what one says about oneself and who reads it, language and time zone."""
    form = ProfileForm.of(current_user)
    status = 422
    if form.validate_on_submit():
        try:
            profile_actions.edit_profile(
                current_user,
                display_name=form.display_name.data,
                bio=form.bio.data,
                language=form.language.data,
                timezone=form.timezone.data,
                about=form.about(),
            )
        except BadField as refusal:
            form.refuse(refusal.field, refusal.message)
        except Busy as refusal:
            form.refuse("bio", refusal.message)
            status = refusal.status
        else:
            return _saved(form.language.data)
    return web.page(
        "accounts/profile.html",
        status if form.errors else 200,
        form=form,
        parts=PROFILE_PARTS,
        is_minor=youth.is_minor(current_user),
    )


def _saved(language: str) -> Response:
    """Go back to the form; the header's switch must not speak against the language chosen here."""
    answer = web.see_other(url_for(".profile"))
    if language:
        cookies.put(answer, i18n.COOKIE, language, days=YEAR)
    else:
        cookies.forget(answer, i18n.COOKIE)
    flash(gettext("Saved."))
    return answer


@bp.route("/password", methods=("GET", "POST"))
@fresh(unless=has_password)  # the old password, which the form asks for, is the proof
@limited("PROFILE")
def password() -> Response:
    """Change the password, or set a first one: all other devices are signed out, this one gets a new token."""
    form = PasswordForm()
    if not has_password():
        del form.current_password
    here = signin.here()
    proved: dict[str, Any] = {}
    if here:  # what was shown before stays what it was: a password is no second factor
        proved = {"means": here.means, "has_second_factor": here.has_second_factor, "factor_at": here.factor_at}
    if form.validate_on_submit() and _changed(form):
        answer = web.see_other(url_for(".devices"))
        signin.sign_in(answer, current_user, **proved, is_first=True)  # no news: the browser is the same
        flash(gettext("Your password is changed. Every other device has been signed out."))
        return answer
    return web.page("accounts/password.html", 422 if form.errors else 200, form=form)


def _changed(form: PasswordForm) -> bool:
    """Change the password if the old one is right and the new one can be taken; else say so in the form."""
    if has_password() and not is_right(form, form.current_password):
        return False
    try:
        actions.change_password(current_user, form.new_password.data, site_name=i18n.site_name())
    except BadField as refusal:
        form.refuse(refusal.field, refusal.message)
        return False
    return True


@bp.get("/sessions")
@login_required
def devices() -> Response:
    """List where the person is signed in: device, means, place in words, when seen last."""
    here = sessions.fingerprint(signin.current_token())
    rows = [
        (device, *browser_and_system(device.user_agent), _place(device.address))
        for device in queries.devices(current_user.id)
    ]
    return web.page("accounts/sessions.html", devices=rows, here=here, means=_MEANS)


def _place(address: str) -> str:
    """Say where an address is without asking anybody: the kind of network, and whether this request is from there."""
    kind = addresses.kind(address)
    if not kind:
        return gettext("not kept")
    if kind == "loopback":
        return gettext("the forum's own machine")
    near = addresses.is_near(address, addresses.kept(request.remote_addr))
    network = cut(address)
    if kind == "private":
        return gettext("a private network (%(network)s)", network=network)
    return gettext("this network (%(network)s)", network=network) if near else network


@bp.post("/sessions/end")
@login_required
@limited("PROFILE")
def end_device() -> Response:
    """Sign one device out (`session`, its id), or all others (`session=others`)."""
    wanted = request.form.get("session", "")
    if wanted == "others":
        sessions.end_all(current_user.id, except_token=signin.current_token())
        flash(gettext("All other devices have been signed out."))
    elif sessions.end_one(current_user.id, id_in(wanted) or 0):
        flash(gettext("The device has been signed out."))
    else:
        raise NotFound(gettext("This device was signed out already."))
    return web.see_other(url_for(".devices"))
