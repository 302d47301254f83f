"""Forms of the administration that belong to no other room."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from forum.accounts import guardians
from forum.accounts.approvals import REASON_LIMIT
from forum.accounts.models import Role, Standing
from forum.accounts.registration import Mode
from forum.accounts.youth import Band
from forum.core.forms import Form, Words
from forum.subthemes.models import SubTheme

ROLE_WORDS = {
    Role.NETIZEN: _l("Netizen"),
    Role.MODERATOR: _l("Moderator"),
    Role.ADMIN: _l("Administrator"),
}


STANDING_WORDS = {
    Standing.UNCONFIRMED: _l("address not confirmed"),
    Standing.WAITING: _l("waits for a moderator's yes"),
    Standing.ACTIVE: _l("in use"),
    Standing.CLOSED: _l("closed"),
}
MODE_WORDS = {
    Mode.CONFIRM: _l("By a link that is sent to their e-mail address"),
    Mode.INVITATION: _l("By invitation of a member only"),
    Mode.APPROVAL: _l("With a moderator's approval"),
    Mode.OPEN: _l("By filling in the form"),
}


UNDER_14_WORDS = {
    guardians.REFUSED: _l("can read, but not have an account"),
    guardians.GUARDIAN: _l("can join when a parent or guardian agrees by mail"),
}


VISITORS_WORDS = {
    "off": _l("are not taken: one needs an account"),
    "on": _l("are taken, after a link in a letter was opened; together they hide nothing"),
}


class RegistrationForm(Form):
    """How people join from now on, and what one can do without joining."""

    mode = RadioField(_l("People join"), choices=[SelectChoice(str(mode), words) for mode, words in MODE_WORDS.items()])
    under_14 = RadioField(
        _l("Children under 14"),
        choices=[SelectChoice(chosen, words) for chosen, words in UNDER_14_WORDS.items()],
        validate_choice=False,  # the action knows; without it the setting stays
    )
    visitors = RadioField(
        _l("Flags by visitors"),
        choices=[SelectChoice(chosen, words) for chosen, words in VISITORS_WORDS.items()],
        validators=[Optional()],  # without it the setting stays
    )


class RefusalForm(Form):
    """Why an account that waits is refused."""

    reason = Words(_l("Reason"), REASON_LIMIT)


class RoleForm(Form):
    """What somebody may do from now on."""

    role = RadioField(_l("Role"), choices=[SelectChoice(str(role), words) for role, words in ROLE_WORDS.items()])


AGE_WORDS = {Band.UNKNOWN: _l("not said"), Band.YOUNG: _l("14 to 17"), Band.ADULT: _l("18 or older")}


class AgeForm(Form):
    """Which age group somebody belongs to from now on."""

    band = SelectField(_l("Age"), choices=[SelectChoice(str(band), words) for band, words in AGE_WORDS.items()])


class OfficeForm(Form):
    """A sub-theme that somebody is to moderate."""

    subtheme = SelectField(_l("Sub-theme"), validate_choice=False, validators=[InputRequired()])

    def offer(self, subthemes: Sequence[SubTheme], lang: str) -> None:
        """Offer these sub-themes, named in the page's language."""
        self.subtheme.choices = [(one.slug, one.name(lang)) for one in subthemes]


class StaffFactorForm(Form):
    """What is asked of staff."""

    needed = BooleanField(_l("Moderators and administrators need a second factor"))
