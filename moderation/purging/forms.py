"""The form of a purge: the ground that everybody reads, and the reason that the administrators read."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from forum.core.forms import Form, Words
from forum.core.text import REASON_LIMIT
from moderation.purging.wording import GROUNDS


class PurgeForm(Form):
    """What is asked before words go for good."""

    ground = RadioField(_l("Ground"), validators=[InputRequired(_l("Please choose."))])
    reason = Words(_l("Reason, which all administrators read"), REASON_LIMIT)
    certain = BooleanField(
        _l("I know that nothing brings these words back"), validators=[InputRequired(_l("Please tick this first."))]
    )

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ground.choices = [(str(code), words) for code, words in GROUNDS.items()]
