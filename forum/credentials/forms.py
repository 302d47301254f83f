"""Forms to apply for a credential, to ask for its renewal, and to decide about either."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError
from wtforms.widgets import CheckboxInput

from forum.core.database import now
from forum.core.forms import Form, Words
from forum.core.markup.websites import LIMIT, website
from forum.core.text import REASON_LIMIT
from forum.credentials.actions import Wanted
from forum.credentials.wording import CAUSES
from forum.experts.forms import CredentialForm
from forum.experts.wording import LANGUAGES, said_in

EVIDENCE_LIMIT = 4_000
MOST_LINKS = 5
LINKS_LIMIT = MOST_LINKS * 220  # an address may have 200 characters (websites.LIMIT)
_LONGEST = LINKS_LIMIT * 12  # that an address can become which fits into the field: %-codes of four bytes
USUAL = timedelta(days=365)


class _Evidence:
    """The fields with what shows that somebody is who they say."""

    evidence = Words(_l("What shows it"), EVIDENCE_LIMIT)
    links = Words(_l("Links that show it"), LINKS_LIMIT, required=False)

    def validate_links(self, field: Words) -> None:
        """Refuse what is no address, and more than five."""
        addresses = _lines(field.data)
        if len(addresses) > MOST_LINKS:
            raise ValidationError(gettext("Five links at most, one in a line."))
        wrong = next((line for line in addresses if not website(line)), "")
        if wrong:
            raise ValidationError(_why_no_link(wrong))

    def addresses(self) -> tuple[str, ...]:
        """Return the links as posts would link them, each once."""
        return tuple(dict.fromkeys(website(line) for line in _lines(self.links.data)))


class ApplyForm(CredentialForm, _Evidence):
    """Who one is, for which sub-theme, and what shows it."""

    def validate_sector(self, field: SelectField) -> None:
        """Refuse the question left open."""
        if not field.data:
            raise ValidationError(gettext("Please choose one of these."))

    def validate_languages(self, field: SelectMultipleField) -> None:
        """Refuse none: readers look for somebody who answers in their language."""
        if not field.data:
            raise ValidationError(gettext("Choose at least one language."))

    def wanted(self) -> Wanted:
        """Return what is applied for, once the form is valid."""
        return Wanted(
            self.title.data or "",
            self.organization.data or "",
            self.claim(),
            self.evidence.data or "",
            self.addresses(),
        )


class RenewForm(Form, _Evidence):
    """That everything is still so, and what shows it."""


class LanguagesForm(Form):
    """The languages that an expert answers in."""

    languages = SelectMultipleField(
        _l("Answers in"),
        choices=[SelectChoice(*one) for one in LANGUAGES.items()],
        option_widget=CheckboxInput(),
        default=(),
    )

    def chosen(self) -> str:
        """Return them as they are stored."""
        return said_in(self.languages.data or ())


class YesForm(Form):
    """Until when a credential is granted."""

    valid_until = DateField(_l("Last day"), [InputRequired(_l("Say until when it holds."))])

    def propose(self, ends: date | None) -> None:
        """Put in a year from now, or for a renewal a year from its end, unless something was chosen."""
        if not self.is_submitted():
            self.valid_until.data = max(ends or now().date(), now().date()) + USUAL


class NoForm(Form):
    """Why an application is declined: in a word for everybody, in words for the applicant."""

    cause = SelectField(_l("In the public log"), choices=[SelectChoice(*one) for one in CAUSES.items()])
    reason = Words(_l("Reason"), REASON_LIMIT)


def _why_no_link(line: str) -> str:
    begins = line[:80]
    if website(line, limit=_LONGEST):
        return gettext("The link “%(begins)s…” is too long: %(limit)s characters at most.", begins=begins, limit=LIMIT)
    return gettext("“%(address)s” is no address of a page.", address=begins)


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
