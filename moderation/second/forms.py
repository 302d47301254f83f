"""The form of a second opinion."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from forum.core.forms import Form
from moderation import policy, rules
from moderation.models import Case
from moderation.wording import choices


class SecondForm(Form):
    """What one would have decided, and by which rule."""

    outcome = RadioField(_l("What would you have decided?"), validators=[InputRequired(_l("Please choose."))])
    rule = SelectField(_l("Rule that was broken"), default="")

    def __init__(self, case: Case, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        words = choices(case)
        self.outcome.choices = [(str(outcome), words[outcome]) for outcome in policy.possible(case)]
        self.rule.choices = [("", "—"), *((rule.code, rule.name) for rule in rules.current().values())]

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for the rule, where there is one."""
        valid = super().validate(extra_validators)
        if self.outcome.data and policy.needs_rule(self.outcome.data) and not self.rule.data:
            self.refuse("rule", _l("Choose the rule that was broken."))
        return valid and not self.errors
