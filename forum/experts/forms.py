"""Forms to grant a credential and to revoke one, and the fields of what a credential says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput

from forum.accounts.policy import has_badge_sign
from forum.accounts.profiles import SECTORS
from forum.core.database import now
from forum.core.forms import Form, Line, Words
from forum.core.text import REASON_LIMIT
from forum.experts.actions import Claim
from forum.experts.wording import LANGUAGES, said_in
from forum.subthemes.models import SubTheme

TITLE_LIMIT = 100
ORGANIZATION_LIMIT = 200
INTERESTS_LIMIT = 1_000


class CredentialForm(Form):
    """What a credential says, and for which sub-theme."""

    subtheme = SelectField(_l("Sub-theme"), coerce=int, default=0)
    title = Line(_l("Title or role"), TITLE_LIMIT)
    organization = Line(_l("Organisation"), ORGANIZATION_LIMIT)
    sector = SelectField(
        _l("Sector"),
        choices=[SelectChoice("", _l("Please choose")), *(SelectChoice(*one) for one in SECTORS.items())],
        default="",
    )
    interests = Words(_l("Declared interests"), INTERESTS_LIMIT, required=False)
    languages = SelectMultipleField(
        _l("Answers in"),
        choices=[SelectChoice(*one) for one in LANGUAGES.items()],
        option_widget=CheckboxInput(),
        default=(),
    )

    def offer(self, subthemes: Iterable[SubTheme], lang: str) -> None:
        """Offer these sub-themes, by their names in `lang`."""
        self._offered = {subtheme.id: subtheme for subtheme in subthemes}
        places = [SelectChoice(subtheme.id, subtheme.name(lang)) for subtheme in self._offered.values()]
        self.subtheme.choices = [SelectChoice(0, _l("Please choose")), *places]

    def chosen(self) -> SubTheme:
        """Return the sub-theme that was chosen, once the form is valid."""
        return self._offered[self.subtheme.data]

    def claim(self) -> Claim:
        """Return what it says beside title and organisation."""
        return Claim(self.sector.data or "", self.interests.data or "", said_in(self.languages.data or ()))

    def validate_subtheme(self, field: SelectField) -> None:
        """Refuse the question left open: what was sent to the wrong sub-theme would be decided by the wrong people."""
        if not field.data:
            raise ValidationError(gettext("Please choose one of these."))

    def validate_title(self, field: Line) -> None:
        """Refuse the signs of a badge: the badge is drawn by the forum, around the words."""
        if has_badge_sign(field.data or ""):
            raise ValidationError(gettext("Signs of verification are put there by the forum alone."))

    validate_organization = validate_title


class GrantForm(CredentialForm):
    """Who somebody is, for which sub-theme and until when."""

    valid_until = DateField(_l("Last day"), [Optional()])

    def facts(self) -> dict[str, Any]:
        """Return the fields beside the sub-theme as the action takes them."""
        words = {name: self[name].data for name in ("title", "organization", "valid_until")}
        return {**words, "claim": self.claim()}

    def validate_valid_until(self, field: DateField) -> None:
        """Refuse a day that has passed (UTC)."""
        if field.data and field.data < now().date():
            raise ValidationError(gettext("This day has passed."))


class RevokeForm(Form):
    """Why a credential ends; the expert reads it."""

    reason = Words(_l("Reason"), REASON_LIMIT)
