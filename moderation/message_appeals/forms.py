"""The answer to an appeal about messages; the appeal itself has the form of all appeals."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.widgets import HiddenInput

from forum.accounts.models import Person
from forum.core.forms import Words
from forum.core.text import REASON_LIMIT
from moderation.appeals.actions import UPHOLD
from moderation.appeals.wording import AGAINST_AUTHOR
from moderation.judging import JudgementForm
from moderation.message_appeals.actions import instead_of_dismissal
from moderation.message_appeals.models import MessageAppeal
from moderation.message_appeals.wording import AGAINST_DISMISSAL
from moderation.reports.models import Verdict


class MessageAnswerForm(JudgementForm):
    """What is answered; against a dismissal perhaps a decision against the author, by a rule, with a reason."""

    reply = Words(_l("Reply, which whoever appealed reads"), REASON_LIMIT)
    version = IntegerField(widget=HiddenInput())

    def __init__(self, appeal: MessageAppeal, by: Person, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.against_dismissal = appeal.is_by_flagger
        if self.against_dismissal:
            self.offer((UPHOLD, *instead_of_dismissal(by, appeal)), AGAINST_DISMISSAL)
        else:
            self.offer(list(AGAINST_AUTHOR), AGAINST_AUTHOR)
            del self.rule, self.reason
        if not self.is_submitted():
            self.look_again(appeal)

    def look_again(self, appeal: MessageAppeal) -> None:
        """Take the present number, so that sending it once more decides about what is shown now."""
        self.version.data, self.version.raw_data = appeal.version, None

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for what a decision against the author needs: a rule, a reason, an end."""
        valid = super().validate(extra_validators)
        if self.version.data is None:
            self.refuse("version", _l("This form is not complete. Open the appeal again."))
        if self.outcome.data in (Verdict.WARN, Verdict.SUSPEND) and self.against_dismissal:
            if not self.rule.data:
                self.refuse("rule", _l("Choose the rule that was broken."))
            if not self.reason.data:
                self.refuse("reason", _l("Please say why: the author will read it."))
        if self.outcome.data == Verdict.SUSPEND and "length" in self:
            self.check_end()
        return valid and not self.errors
