"""How one joins, as an administrator sets it."""

from __future__ import annotations

from flask import Response, current_app, flash, url_for
from flask_babel import gettext
from flask_login import current_user

from forum.accounts import guardians, registration, signup_form
from forum.accounts.registration import Mode
from forum.admin.entrance import bp
from forum.admin.forms import RegistrationForm
from forum.core import site, web
from forum.core.limits import limited
from forum.threads import visiting


@bp.route("/registration", methods=("GET", "POST"))
@limited("STAFF")
def registration_mode() -> Response:
    """Show how one joins, and what holds for children; a POST changes it."""
    form = RegistrationForm(
        mode=signup_form.mode(),
        under_14=site.get(guardians.SETTING, guardians.REFUSED),
        visitors="on" if visiting.takes_flags() else "off",
    )
    if form.validate_on_submit() and _receivable(form):
        if _change(form):
            flash(gettext("Saved, and written to the public log."))
        return web.see_other(url_for(".registration_mode"))
    return web.page(
        "admin/registration.html",
        422 if form.errors else 200,
        form=form,
        is_unwatched=registration.is_unwatched(),
        sends_mail=signup_form.sends_mail(),
    )


def _change(form: RegistrationForm) -> bool:
    """Set what the form says, and return whether anything changed; what it leaves unsaid stays."""
    changed = [registration.change(form.mode.data, by=current_user)]
    if form.under_14.data:
        changed.append(guardians.change(form.under_14.data, by=current_user))
    if form.visitors.data:
        changed.append(visiting.change(form.visitors.data == "on", by=current_user))
    return any(changed)


def _receivable(form: RegistrationForm) -> bool:
    """Whether a link would reach anybody: on a machine of one's own it stands in the outbox."""
    if current_app.config["FORUM_ENV"] != "production" or signup_form.sends_mail():
        return True
    words = gettext("Nobody would receive the link: set SMTP_URL first.")
    if form.mode.data == Mode.CONFIRM:
        form.refuse("mode", words)
    if form.under_14.data == guardians.GUARDIAN:
        form.refuse("under_14", words)
    if form.visitors.data == "on":
        form.refuse("visitors", words)
    return not form.errors
