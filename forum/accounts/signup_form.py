"""The sign-up form between request and action: how long it was open, what the page's work proves, what it says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, request
from flask_babel import gettext

from forum.accounts import actions, addresses, agegate, documents, fields, guardians, proofs, registration
from forum.accounts.forms import RegisterForm
from forum.accounts.models import Standing, User
from forum.accounts.refusals import BadField
from forum.accounts.registration import Mode
from forum.accounts.signups import Signup
from forum.accounts.youth import Band
from forum.core import i18n


def mode() -> Mode:
    """Return the mode of registration that is in force."""
    return registration.mode(
        sends_mail=sends_mail(),
        production=current_app.config["FORUM_ENV"] == "production",
    )


def sends_mail() -> bool:
    """Whether letters leave this forum."""
    return bool(current_app.config.get("SMTP_URL"))


def prepare(form: RegisterForm) -> None:
    """Put the invitation of the address into a form that is opened."""
    if not form.is_submitted():
        form.invitation.data = request.args.get("invitation", "")[:100]


def is_in_good_time(form: RegisterForm, mode: Mode) -> bool:
    """Whether the form may be taken: with the age that was said first, and not faster than a person types.

    Where the forum is open to everybody a quick one is taken too, and waits for a moderator's yes.
    """
    if not agegate.accepts(form):
        return False
    opened = proofs.opened(form.opened.data or "")
    if mode == Mode.OPEN:
        return True
    if opened is None:
        form.refuse("opened", gettext("This form was open for too long, or is not ours. Please send it again."))
    elif opened.is_quick:
        form.refuse("opened", gettext("That was very quick. Please look at it once more and send it again."))
    return opened is not None and not opened.is_quick


def sign_up(form: RegisterForm, mode: Mode, also: Callable[[User], None] | None = None) -> User:
    """Make the account that the form asks for; raises `BadField`.

    A form without the field for a password brings along who gives another way in (`also`, see `actions.register`).
    """
    token = form.opened.data or ""
    opened = proofs.opened(token)
    bits = current_app.config["SIGNUP_WORK"]
    worked = opened is not None and not opened.is_quick and proofs.is_solved(token, form.proof.data or "", bits)
    signup = Signup(
        mode=mode,
        is_proved=worked and not form.homepage.data,
        form_key=opened.key if opened else None,
        invitation=(form.invitation.data or "").strip(),
        address=addresses.kept(request.remote_addr),
        age_band=form.age.data if form.age.data in set(Band) else "",
        guardian=_guardian(form),
        application=form.application.data if mode == Mode.APPROVAL else "",
        accepted=documents.versions(current_app.config["FORUM_INSTANCE"]),
    )
    return actions.register(
        form.username.data,
        form.email.data,
        form.password.data if "password" in form else None,
        i18n.locale_name(),
        site_name=i18n.site_name(),
        signup=signup,
        also=also,
    )


def _guardian(form: RegisterForm) -> str:
    """Return whom somebody under 14 names, "" for everybody older; raises `BadField`."""
    if form.age.data != Band.CHILD:
        return ""
    if not guardians.are_asked():  # the setting was changed while the form was open
        raise BadField("age", gettext("An account is for people of 14 and older."))
    try:
        address = fields.valid_email(form.guardian.data or "")
    except BadField as refusal:
        words = gettext("Under 14, please give the e-mail address of a parent or guardian. We ask them first.")
        raise BadField("guardian", words) from refusal
    if guardians.is_same(address, form.email.data or ""):
        words = gettext("This is your own address. Your parent or guardian needs another one, so that we can ask them.")
        raise BadField("guardian", words)
    return address


def renew(form: RegisterForm, mode: Mode) -> None:
    """Give a form that is shown (again) a token that still counts, and drop an invitation that nobody needs."""
    if proofs.opened(form.opened.data or "") is None:
        form.opened.data, form.proof.data = proofs.open_form(), ""
    if form.invitation.errors and mode != Mode.INVITATION:
        form.invitation.data = ""


def context(mode: Mode) -> dict[str, Any]:
    """Return what the page of the form needs beside the form."""
    return {
        "mode": str(mode),
        "asks_guardian": guardians.are_asked(),
        "pieces": proofs.PIECES,
        "bits": proofs.bits_of_a_piece(current_app.config["SIGNUP_WORK"]),
        "patience": int(proofs.LEAST_AGE.total_seconds() * 1000),
    }


def welcome(user: User) -> str:
    """Return the first words to a new account: what is the next step."""
    if user.age_band == Band.CHILD:
        return gettext(
            "Welcome, %(name)s. Two steps are left: open the link that we sent to %(address)s, and let your parent or "
            "guardian open theirs. Both have seven days.",
            name=user.name,
            address=user.email,
        )
    if user.standing == Standing.UNCONFIRMED:
        return gettext(
            "Welcome, %(name)s. One step is left: open the link that we sent to %(address)s.",
            name=user.name,
            address=user.email,
        )
    if user.standing == Standing.WAITING:
        return gettext(
            "Welcome, %(name)s. A moderator looks at your account first. You can write already: "
            "it is shown to others once your account is approved.",
            name=user.name,
        )
    return gettext("Welcome, %(name)s. Your first posts are shown once a moderator has seen them.", name=user.name)
