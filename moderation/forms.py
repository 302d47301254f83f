"""The forms of this room: a flag, and a decision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import HiddenInput

from forum.accounts.models import Person
from forum.core.forms import Form, Words
from forum.core.text import NOTE_LIMIT
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import open_subthemes
from moderation import policy, rules, targets, wording
from moderation.judging import CHOOSE, DetailedForm
from moderation.models import Case, Outcome
from moderation.presets.forms import Offered


class FlagForm(Form):
    """Why somebody flags a post, a thread or a profile: a rule, and a note for the moderators."""

    reason = RadioField(_l("Which rule does it break?"), validators=[InputRequired(CHOOSE)])
    note = Words(_l("What should a moderator know?"), NOTE_LIMIT, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(rule.code, rule.name) for rule in rules.current().values()]


class DecisionForm(DetailedForm):
    """What is decided about a case, by which rule, and why; `version` and `revision` say what the moderator saw."""

    preset = SelectField(_l("Preset reason"), default="")
    version = IntegerField(widget=HiddenInput())
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def __init__(
        self, case: Case, by: Person, suggested_rule: str = "", places: Sequence[SubTheme] | None = None, **kwargs: Any
    ) -> None:
        """`suggested_rule` is chosen at first, and where a sender leaves the field out: the heaviest flags' reason.

        `places` are the open sub-themes that `by` looks after, where a page has read them already.
        """
        super().__init__(rule=suggested_rule, **kwargs)
        self.reason.required = policy.needs_reason(self.outcome.data or Outcome.KEEP, case.source)
        known = open_subthemes() if places is None else places
        offered = self.offer_details(case, by, known, policy.outcomes(by, case), wording.choices(case))
        self._offer_presets(case, offered)
        if not self.is_submitted():
            self.look_again(case)

    def _offer_presets(self, case: Case, offered: Sequence[str]) -> None:
        """Offer presets, if there are any; one that was chosen says what the moderator left empty."""
        presets = Offered(case, offered)
        if not presets.presets:
            del self.preset
            return
        self.preset.choices = presets.choices()
        chosen = presets.chosen(self.preset.data) if self.is_submitted() else None
        if chosen is not None and not (self.reason.data or "").strip():
            self.reason.data = chosen.in_language(presets.language)
        if chosen is not None and not self.rule.data and chosen.rule in rules.current():
            self.rule.data = chosen.rule

    def look_again(self, case: Case) -> None:
        """Let the form stand for the case and the post as they are now; everything typed stays."""
        self.version.data, self.revision.data = case.version, targets.revision_of(targets.subject_of(case))
        self.version.raw_data = self.revision.raw_data = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for what this outcome needs: a rule, an end."""
        valid = super().validate(extra_validators)
        if self.version.data is None:
            self.refuse("version", _l("This form is not complete. Open the case again."))
        self.check_details()
        return valid and not self.errors
