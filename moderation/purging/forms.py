"""The form of a purge: the ground that everybody reads, the reason that the administrators read, words to look for."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField
from wtforms.validators import InputRequired

from forum.core.forms import Form, Words
from forum.core.text import REASON_LIMIT
from moderation.purging.wording import GROUNDS

WORDS_LIMIT = 1_000


class PurgeForm(Form):
    """What is asked before words go for good. Where they are gone already, `ground` and `reason` are left out."""

    ground = RadioField(_l("Ground"), validators=[InputRequired(_l("Please choose."))])
    reason = Words(_l("Reason, which all administrators read"), REASON_LIMIT)
    words = Words(_l("Words to take out elsewhere"), WORDS_LIMIT, required=False)
    certain = BooleanField(
        _l("I know that nothing brings these words back"), validators=[InputRequired(_l("Please tick this first."))]
    )

    def __init__(self, *, again: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.ground.choices = [(str(code), words) for code, words in GROUNDS.items()]
        if again:
            del self.ground, self.reason
