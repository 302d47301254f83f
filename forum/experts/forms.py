"""Forms to grant a credential and to revoke one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError

from forum.core.database import now
from forum.core.forms import Form, Line, Words
from forum.core.text import REASON_LIMIT
from forum.subthemes.models import SubTheme

TITLE_LIMIT = 100
ORGANIZATION_LIMIT = 200


class GrantForm(Form):
    """Who somebody is, for which sub-theme and until when."""

    subtheme = SelectField(_l("Sub-theme"), coerce=int)
    title = Line(_l("Title"), TITLE_LIMIT)
    organization = Line(_l("Organisation"), ORGANIZATION_LIMIT)
    valid_until = DateField(_l("Last day"), [Optional()])

    def offer(self, subthemes: Iterable[SubTheme], lang: str) -> None:
        """Offer these sub-themes, by their names in `lang`."""
        self._offered = {subtheme.id: subtheme for subtheme in subthemes}
        self.subtheme.choices = [SelectChoice(subtheme.id, subtheme.name(lang)) for subtheme in self._offered.values()]

    def chosen(self) -> SubTheme:
        """Return the sub-theme that was chosen, once the form is valid."""
        return self._offered[self.subtheme.data]

    def facts(self) -> dict[str, Any]:
        """Return the other fields as the action takes them."""
        return {name: self[name].data for name in ("title", "organization", "valid_until")}

    def validate_valid_until(self, field: DateField) -> None:
        """Refuse a day that has passed (UTC)."""
        if field.data and field.data < now().date():
            raise ValidationError(gettext("This day has passed."))


class RevokeForm(Form):
    """Why a credential ends; the expert reads it."""

    reason = Words(_l("Reason"), REASON_LIMIT)
