"""The forms about messages: flagging some, and deciding about what was flagged."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput

from forum.accounts.models import Person
from forum.core.forms import Form, Words
from forum.core.text import NOTE_LIMIT
from forum.messages.models import Message
from moderation import rules
from moderation.judging import JudgementForm
from moderation.reports import policy
from moderation.reports.models import MessageReport, Verdict
from moderation.reports.wording import CHOICES


class MessageFlagForm(Form):
    """Which messages somebody flags, the rule, and a note for the moderators."""

    message = SelectMultipleField(_l("Messages"), coerce=int, option_widget=CheckboxInput())
    reason = RadioField(_l("Which rule do they break?"), validators=[InputRequired(_l("Please choose."))])
    note = Words(_l("What should a moderator know?"), NOTE_LIMIT, required=False)

    def __init__(self, messages: list[Message], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.message.choices = [(message.id, "") for message in messages]
        self.reason.choices = [(rule.code, rule.name) for rule in rules.current().values()]


class ReportForm(JudgementForm):
    """What is decided about flagged messages."""

    def __init__(self, report: MessageReport, by: Person, **kwargs: Any) -> None:
        super().__init__(rule=report.broken_rule, **kwargs)
        self.offer(policy.verdicts(by, report), CHOICES)
        self.reason.required = (self.outcome.data or Verdict.DISMISS) != Verdict.DISMISS

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for what a decision against the author needs: a rule, an end."""
        valid = super().validate(extra_validators)
        if self.outcome.data in (Verdict.WARN, Verdict.SUSPEND) and not self.rule.data:
            self.refuse("rule", _l("Choose the rule that was broken."))
        if self.outcome.data == Verdict.SUSPEND and "length" in self:
            self.check_end()
        return valid and not self.errors
