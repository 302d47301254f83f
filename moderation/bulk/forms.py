"""The form of a decision about several cases."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from forum.accounts.models import Person
from forum.core.forms import Form, Words
from forum.core.paging import id_in
from forum.core.text import REASON_LIMIT
from moderation import rules
from moderation.bulk.policy import outcomes
from moderation.models import Source
from moderation.wording import CHOICES


class BulkForm(Form):
    """One decision for all chosen cases: outcome, rule and the reason that every author reads."""

    outcome = RadioField(_l("Decision for all chosen cases"), validators=[InputRequired(_l("Please choose."))])
    rule = SelectField(_l("Rule that was broken"), default="")
    reason = Words(_l("Reason, which the authors read"), REASON_LIMIT)

    def __init__(self, by: Person, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.outcome.choices = [(str(outcome), CHOICES[Source.FLAGS][outcome]) for outcome in outcomes(by)]
        self.rule.choices = [("", "—"), *((rule.code, rule.name) for rule in rules.current().values())]


def chosen_cases(values: list[str]) -> list[tuple[int, int]]:
    """Return the (id, version) pairs of ticked boxes ("id-version"), each case once; what is none is left out."""
    pairs: dict[int, int] = {}
    for value in values:
        case_id, _, version = value.partition("-")
        if (number := id_in(case_id)) and (seen := id_in(version)):
            pairs.setdefault(number, seen)
    return list(pairs.items())
