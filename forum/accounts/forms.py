"""Forms of accounts: signing up and in, the profile, the password, the devices."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired

from forum.accounts import zones
from forum.core.forms import Form, Line, Words
from forum.core.i18n import LANGUAGES
from forum.core.text import BIO_LIMIT, NAME_LIMIT

_FILL_IN = _l("Please fill this in.")
LANGUAGE_CHOICES = [SelectChoice(language, words) for language, words in LANGUAGES.items()]


def _zones() -> list[SelectChoice]:
    return [SelectChoice(name, words) for name, words in zones.choices()]


class RegisterForm(Form):
    """A new account; the action says what is wrong with a name, an address or a password."""

    username = StringField(_l("User name"), [InputRequired(_FILL_IN)])
    email = EmailField(_l("E-mail address"), [InputRequired(_FILL_IN)])
    password = PasswordField(_l("Password"), [InputRequired(_FILL_IN)])
    next = HiddenField()


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
