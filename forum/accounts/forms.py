"""Forms of accounts: signing up and in, the profile, the password, the devices."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from forum.accounts import quiet, zones
from forum.accounts.invitations import NOTE_LIMIT
from forum.accounts.models import PROFILE_PARTS, User
from forum.accounts.profiles import MOST_LINKS, PART_WORDS, PLACE_LIMIT, SECTORS, SPEAKS_LIMIT, About, clean_links
from forum.accounts.youth import UNLISTED
from forum.core.forms import Form, Line, Words
from forum.core.i18n import LANGUAGES
from forum.core.markup.websites import LIMIT as LINK_LIMIT
from forum.core.markup.websites import website
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
SECTOR_CHOICES = [SelectChoice(sector, words) for sector, words in SECTORS.items()]
LANGUAGE_CHOICES = [SelectChoice(language, words) for language, words in LANGUAGES.items()]


def _zones() -> list[SelectChoice]:
    return [SelectChoice(name, words) for name, words in zones.choices()]


class RegisterForm(Form):
    """A new account; the action says what is wrong with a name, an address or a password."""

    username = StringField(_l("User name"), [InputRequired(_FILL_IN)])
    email = EmailField(_l("E-mail address"), [InputRequired(_FILL_IN)])
    password = PasswordField(_l("Password"), [InputRequired(_FILL_IN)])
    age = SelectField(_l("Your age"), choices=[SelectChoice(value, words) for value, words in AGES.items()], default="")
    guardian = EmailField(_l("E-mail address of a parent or guardian"))
    application = Words(_l("Why do you want to join?"), APPLICATION_LIMIT, required=False)
    invitation = StringField(_l("Invitation code"))
    homepage = StringField(_l("Leave this empty"))  # for programs that fill in whatever there is
    opened = HiddenField()
    proof = HiddenField()
    next = HiddenField()

    def validate_age(self, field: SelectField) -> None:
        """Refuse the question left open. Programs, which send three fields and no question, leave it unsaid."""
        if field.raw_data and not field.data:
            raise ValidationError(_l("Please choose one: what protects young people depends on it."))


class ProfileForm(Form):
    """What the person says about themselves, and how pages are shown to them."""

    display_name = Line(_l("Display name"), NAME_LIMIT, required=False)
    bio = Words(_l("About you"), BIO_LIMIT, required=False)
    sector = SelectField(_l("Sector"), choices=[SelectChoice("", _l("None of these, or not said")), *SECTOR_CHOICES])
    place = Line(_l("Place"), PLACE_LIMIT, required=False)
    speaks = Line(_l("Languages you speak"), SPEAKS_LIMIT, required=False)
    link_1 = Line(_l("Link"), LINK_LIMIT, required=False)
    link_2 = Line(_l("Second link"), LINK_LIMIT, required=False)
    link_3 = Line(_l("Third link"), LINK_LIMIT, required=False)
    private_bio = BooleanField(PART_WORDS["bio"])
    private_sector = BooleanField(PART_WORDS["sector"])
    private_place = BooleanField(PART_WORDS["place"])
    private_speaks = BooleanField(PART_WORDS["speaks"])
    private_links = BooleanField(PART_WORDS["links"])
    private_joined = BooleanField(PART_WORDS["joined"])
    private_contributions = BooleanField(PART_WORDS["contributions"])
    unlisted = BooleanField(_l("My page is for members only"))
    language = SelectField(_l("Language"), choices=[SelectChoice("", _l("As the browser asks")), *LANGUAGE_CHOICES])
    timezone = SelectField(_l("Time zone"), choices=_zones)

    @classmethod
    def of(cls, person: User) -> ProfileForm:
        """Return the form filled with what the person has said so far, or with what was sent."""
        links = {f"link_{number}": address for number, address in enumerate(person.links, 1)}
        private = {f"private_{part}": part in person.private for part in PROFILE_PARTS}
        private["unlisted"] = UNLISTED in person.private
        form = cls(obj=person, data=links | private)
        form.offer_zone(person.timezone)
        return form

    def validate_link_1(self, field: Line) -> None:
        """Refuse what a post would not link; the same for the other two."""
        if field.data and not website(field.data):
            raise ValidationError(_l("This is no address of a website. It looks like https://example.org."))

    validate_link_2 = validate_link_3 = validate_link_1

    def about(self) -> About:
        """Return the parts beyond name, words, language and zone; only after validation."""
        return About(
            sector=self.sector.data,
            place=self.place.data,
            speaks=self.speaks.data,
            links=clean_links(self[f"link_{number}"].data for number in range(1, MOST_LINKS + 1)),
            private=frozenset(
                [part for part in PROFILE_PARTS if self[f"private_{part}"].data] + [UNLISTED] * self.unlisted.data
            ),
        )

    def offer_zone(self, name: str) -> None:
        """Keep a zone that the account brought along (imported, or set by the operator) among the choices."""
        if name not in {choice.value for choice in self.timezone.choices}:
            self.timezone.choices.append(SelectChoice(name, zones.words(name)))


class QuietForm(Form):
    """When notices wait for the morning."""

    hours = SelectField(_l("Quiet hours"))

    @classmethod
    def of(cls, person: User) -> QuietForm:
        """Return the form with the choices that the person has, filled with what holds now, or with what was sent."""
        form = cls(data={"hours": quiet.hours_of(person)})
        form.hours.choices = [SelectChoice(hours, words) for hours, words in quiet.choices(person).items()]
        return form


class PasswordForm(Form):
    """A new password, with the old one so that an open browser is not enough."""

    current_password = PasswordField(_l("Current password"), [InputRequired(_FILL_IN)])
    new_password = PasswordField(_l("New password"), [InputRequired(_FILL_IN)])


class InvitationForm(Form):
    """An invitation, with a note that only its maker reads."""

    note = Line(_l("For whom"), NOTE_LIMIT, required=False)


class NameForm(Form):
    """Another user name; the action says what is wrong with it."""

    username = StringField(_l("User name"), [InputRequired(_FILL_IN)])


class EmailForm(Form):
    """Another e-mail address, with the password so that an open browser is not enough."""

    email = EmailField(_l("New e-mail address"), [InputRequired(_FILL_IN)])
    current_password = PasswordField(_l("Current password"), [InputRequired(_FILL_IN)])
