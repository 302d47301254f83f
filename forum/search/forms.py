"""The search form: words and filters, as they stand in the address."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField
from wtforms.fields import SelectChoice as Choice
from wtforms.validators import Optional, ValidationError

from forum.core.forms import Form, Line

QUERY_LIMIT = 200  # code points, as search_index.question
NAME_LIMIT = 40


class SearchForm(Form):
    """`q` and the filters of the contract. It changes nothing, so it carries no token."""

    class Meta:
        """No CSRF on a GET form."""

        csrf = False

    q = Line(_l("Words"), QUERY_LIMIT, required=False)
    subtheme = SelectField(_l("Sub-theme"), validators=[Optional()], default="")
    author = Line(_l("Author"), NAME_LIMIT, required=False)
    lang = SelectField(
        _l("Language"),
        choices=[Choice("", _l("Both languages")), Choice("zh", _l("Chinese")), Choice("en", _l("English"))],
        default="",
    )
    after = DateField(_l("From day"), validators=[Optional()])
    before = DateField(_l("To day"), validators=[Optional()])
    expert = BooleanField(_l("Experts' answers only"), false_values=("", "0", "false"))
    sort = SelectField(
        _l("Order"),
        choices=[Choice("relevance", _l("Best match first")), Choice("newest", _l("Newest first"))],
        default="relevance",
    )

    def validate_before(self, field: Any) -> None:
        """The last day does not come before the first one."""
        if field.data and self.after.data and field.data < self.after.data:
            raise ValidationError(gettext("This day is before the first one."))
