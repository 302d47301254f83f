"""The form of a sub-theme's names, words and place."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Regexp, ValidationError

from forum.core.forms import Form, Line, Words
from forum.subthemes.actions import SLUG, SLUG_LIMIT
from forum.subthemes.models import HUES

NAME_LIMIT = 100
DESCRIPTION_LIMIT = 1_000
_FILL_IN = _l("Please fill this in.")


class SubThemeForm(Form):
    """Everything about a sub-theme that may change."""

    name_en = Line(_l("Name in English"), NAME_LIMIT)
    name_zh = Line(_l("Name in Chinese"), NAME_LIMIT)
    description_en = Words(_l("What it is about, in English"), DESCRIPTION_LIMIT, required=False)
    description_zh = Words(_l("What it is about, in Chinese"), DESCRIPTION_LIMIT, required=False)
    position = IntegerField(
        _l("Place in the list"),
        [InputRequired(_FILL_IN), NumberRange(0, 9_999, _l("A whole number from 0 to 9999."))],
    )
    hue = RadioField(_l("Colour"), choices=[SelectChoice(hue, str(hue + 1)) for hue in range(HUES)], coerce=int)

    def facts(self) -> dict[str, Any]:
        """Return the fields as the actions take them."""
        names = ("name_en", "name_zh", "description_en", "description_zh", "position", "hue")
        return {name: self[name].data for name in names}


class NewSubThemeForm(SubThemeForm):
    """A new one also needs its address, which then stays for ever."""

    slug = StringField(
        _l("Address"),
        [
            InputRequired(_FILL_IN),
            Regexp(
                rf"^{SLUG.pattern}\Z",
                message=_l("An address is made of small letters a-z and digits, joined by single hyphens."),
            ),
        ],
    )

    def validate_slug(self, field: StringField) -> None:
        """Refuse what would not fit into the column."""
        if len(field.data) > SLUG_LIMIT:
            raise ValidationError(_l("An address has at most 60 characters."))
