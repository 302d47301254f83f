"""Forms of accounts: signing up and in, the profile, the password, the devices."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forum.accounts import zones
from forum.accounts.invitations import NOTE_LIMIT
from forum.core.forms import Form, Line, Words
from forum.core.i18n import LANGUAGES
from forum.core.text import BIO_LIMIT, NAME_LIMIT

_FILL_IN = _l("Please fill this in.")
APPLICATION_LIMIT = 500
# Only the band is kept, never a date of birth: it closes messages between adults and the young.
AGES = {
    "": _l("Please choose"),
    "adult": _l("18 or older"),
    "young": _l("14 to 17"),
    "child": _l("under 14"),
}
LANGUAGE_CHOICES = [SelectChoice(language, words) for language, words in LANGUAGES.items()]


def _zones() -> list[SelectChoice]:
    return [SelectChoice(name, words) for name, words in zones.choices()]


class RegisterForm(Form):
    """A new account; the action says what is wrong with a name, an address or a password."""

    username = StringField(_l("User name"), [InputRequired(_FILL_IN)])
    email = EmailField(_l("E-mail address"), [InputRequired(_FILL_IN)])
    password = PasswordField(_l("Password"), [InputRequired(_FILL_IN)])
    age = SelectField(_l("Your age"), choices=[SelectChoice(value, words) for value, words in AGES.items()], default="")
    application = Words(_l("Why do you want to join?"), APPLICATION_LIMIT, required=False)
    invitation = StringField(_l("Invitation code"))
    homepage = StringField(_l("Leave this empty"))  # for programs that fill in whatever there is
    opened = HiddenField()
    proof = HiddenField()
    next = HiddenField()

    def refuse_children(self) -> None:
        """Say kindly that somebody under 14 can read here, and not have an account."""
        if self.age.data == "child":
            self.refuse(
                "age", _l("An account is for people of 14 and older. You can read everything here without one.")
            )


class LoginForm(Form):
    """Signing in with a name or an e-mail address."""

    username = StringField(_l("User name or e-mail address"), [InputRequired(_FILL_IN)])
    password = PasswordField(_l("Password"), [InputRequired(_FILL_IN)])
    next = HiddenField()


class ProfileForm(Form):
    """What the person says about themselves, and how pages are shown to them."""

    display_name = Line(_l("Display name"), NAME_LIMIT, required=False)
    bio = Words(_l("About you"), BIO_LIMIT, required=False)
    language = SelectField(_l("Language"), choices=[SelectChoice("", _l("As the browser asks")), *LANGUAGE_CHOICES])
    timezone = SelectField(_l("Time zone"), choices=_zones)

    def offer_zone(self, name: str) -> None:
        """Keep a zone that the account brought along (imported, or set by the operator) among the choices."""
        if name not in {choice.value for choice in self.timezone.choices}:
            self.timezone.choices.append(SelectChoice(name, name.replace("_", " ")))


class PasswordForm(Form):
    """A new password, with the old one so that an open browser is not enough."""

    current_password = PasswordField(_l("Current password"), [InputRequired(_FILL_IN)])
    new_password = PasswordField(_l("New password"), [InputRequired(_FILL_IN)])


class InvitationForm(Form):
    """An invitation, with a note that only its maker reads."""

    note = Line(_l("For whom"), NOTE_LIMIT, required=False)
