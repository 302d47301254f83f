"""The form in which an admin edits the rules: all of them at once, and room for one more."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DecimalField, FieldList, FormField, HiddenField, IntegerField
from wtforms import Form as PlainForm
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import HiddenInput

from forum.core.forms import Form, Line, Words
from moderation.conduct.actions import MOST, NAME_LIMIT, TEXT_LIMIT, URGENCY_LEAST, URGENCY_MOST, Wording


class RuleForm(PlainForm):
    """One rule; the empty one at the end is a new one, and left alone when nothing stands in it."""

    code = HiddenField()
    place = IntegerField(_l("Number"), [Optional(), NumberRange(1, 99, _l("A whole number from 1 to 99."))])
    name_en = Line(_l("Name in English"), NAME_LIMIT, required=False)
    name_zh = Line(_l("Name in Chinese"), NAME_LIMIT, required=False)
    text_en = Words(_l("What it means, in English"), TEXT_LIMIT, required=False)
    text_zh = Words(_l("What it means, in Chinese"), TEXT_LIMIT, required=False)
    urgency = DecimalField(
        _l("Urgency of a flag for it"),
        [Optional(), NumberRange(URGENCY_LEAST, URGENCY_MOST, _l("A number from 0.5 to 3."))],
        places=1,
    )
    retired = BooleanField(_l("Retire this rule"))

    @property
    def is_blank(self) -> bool:
        """Whether nobody wrote anything: the room for a new rule was left alone."""
        words = (self.name_en, self.name_zh, self.text_en, self.text_zh)
        return not self.code.data and not any(field.data for field in words)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for all four texts of a rule that stays."""
        valid = super().validate(extra_validators)
        if self.retired.data or self.is_blank:
            return True
        for field in (self.name_en, self.name_zh, self.text_en, self.text_zh):
            if not field.data and not field.errors:
                field.errors = [*field.errors, _l("Please fill this in.")]
                valid = False
        return valid


class RulesForm(Form):
    """All rules; `seen` is the version that is edited."""

    seen = IntegerField(widget=HiddenInput())
    rules = FieldList(FormField(RuleForm), max_entries=MOST + 1)

    def fill(self, wordings: list[Wording], seen: int) -> None:
        """Show the rules as they are, and an empty one behind them."""
        self.seen.data = seen
        for place, each in enumerate(wordings, 1):
            self.rules.append_entry({**vars(each), "place": place})
        self.rules.append_entry({"place": len(wordings) + 1, "urgency": 1.0})

    def written(self) -> list[Wording]:
        """Return what is to be published: what stays, by number, a new one behind an old one of the same number."""
        kept = [entry.form for entry in self.rules if not entry.form.retired.data and not entry.form.is_blank]
        kept.sort(key=lambda form: (form.place.data or 99, not form.code.data))
        return [
            Wording(
                form.code.data or "", form.name_en.data, form.name_zh.data, form.text_en.data, form.text_zh.data,
                float(form.urgency.data or 1),
            )
            for form in kept
        ]  # fmt: skip
