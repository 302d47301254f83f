"""The form on which an admin chooses what the ranker may do."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField

from forum.core.forms import Form
from moderation.ranker.measuring import PERCENTS
from moderation.ranker.queries import OFF, Choices


class RankerForm(Form):
    """Whether it orders the queue, and from which share on authors are asked and posts are held."""

    orders = BooleanField(_l("Let it order the queue"))
    asks_from = SelectField(_l("Ask authors once about what looks like removed posts"), coerce=int)
    holds_from = SelectField(_l("Hold what looks like spam until a moderator has read it"), coerce=int)

    def __init__(self, chosen: Choices, **options: Any) -> None:
        super().__init__(data=vars(chosen), **options)
        shares = [(percent, _l("from %(percent)s %%", percent=percent)) for percent in PERCENTS]
        for field in (self.asks_from, self.holds_from):
            field.choices = [(OFF, _l("never")), *((percent, str(words)) for percent, words in shares)]

    def wanted(self) -> Choices:
        """Return what is chosen here."""
        return Choices(bool(self.orders.data), self.asks_from.data, self.holds_from.data)
