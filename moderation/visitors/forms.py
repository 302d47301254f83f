"""The form of a visitor's flag, and what comes with it beside its words: how long it was open, what the page's work
proves, where it comes from."""

from __future__ import annotations

from flask import current_app, request
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, StringField
from wtforms.validators import InputRequired

from forum.accounts import addresses, fields, proofs
from forum.accounts.refusals import BadField
from forum.core import i18n
from forum.core.limits import spend
from forum.core.networks import cut
from moderation.forms import FlagForm
from moderation.visitors.actions import Sender


class VisitorFlagForm(FlagForm):
    """A rule, a note, an address for the letter; the rest is for keeping programs out, as in signing up."""

    email = EmailField(_l("Your e-mail address"), [InputRequired(_l("Please fill this in."))])
    homepage = StringField(_l("Leave this empty"))  # for programs that fill in whatever there is
    opened = HiddenField()
    proof = HiddenField()

    def renew(self) -> None:
        """Give a form that is shown (again) a token that still counts."""
        if proofs.opened(self.opened.data or "") is None:
            self.opened.data, self.proof.data = proofs.open_form(), ""

    def sender(self) -> Sender | None:
        """Return who sent a form that is filled in, or None with the reason beside a field."""
        opened = proofs.opened(self.opened.data or "")
        if opened is None:
            words = gettext("This form was open for too long, or is not ours. Please send it again.")
            self.refuse("opened", words)
            return None
        if opened.is_quick:
            self.refuse("opened", gettext("That was very quick. Please look at it once more and send it again."))
            return None
        try:
            address = fields.valid_email(self.email.data or "")
        except BadField as refusal:
            self.refuse("email", refusal.message)
            return None
        return Sender(address, network(), opened.key, i18n.locale_name())

    def is_trap_sprung(self) -> bool:
        """Whether a field was filled in that no person sees."""
        return bool(self.homepage.data)

    def is_proved(self) -> bool:
        """Whether the page has done its work."""
        token, bits = self.opened.data or "", current_app.config["SIGNUP_WORK"]
        return proofs.is_solved(token, self.proof.data or "", bits)


def network() -> str:
    """Return the network that the request comes from, "" for none that is known."""
    return cut(addresses.kept(request.remote_addr))


def seconds_to_wait(form: VisitorFlagForm) -> int:
    """Count the form for its network, and once more without the page's work; return 0, or how long to wait."""
    rows = ["VISITOR_FLAG_NETWORK"] if form.is_proved() else ["VISITOR_FLAG_UNPROVED", "VISITOR_FLAG_NETWORK"]
    return next(filter(None, (spend(row, f"network:{network()}") for row in rows)), 0)
