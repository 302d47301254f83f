"""The form with which experts are invited."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from wtforms import SelectMultipleField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from forum.core.forms import Form
from forum.experts.models import Credential


class InviteForm(Form):
    """Whom to invite."""

    experts = SelectMultipleField(
        _l("Experts"), coerce=int, option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False)
    )

    def offer(self, credentials: Iterable[Credential]) -> None:
        """Offer these experts, each with the badge that they would wear."""
        self.experts.choices = [SelectChoice(one.user_id, _words(one)) for one in credentials]


def _words(credential: Credential) -> str:
    return " · ".join(filter(None, (credential.user.name, credential.title, credential.organization)))
