"""The answer to an appeal about messages; the appeal itself has the form of all appeals."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import Person
from moderation.appeals.answering import UPHOLD
from moderation.appeals.forms import Answer
from moderation.appeals.wording import AGAINST_AUTHOR
from moderation.message_appeals.actions import instead_of_dismissal
from moderation.message_appeals.models import MessageAppeal
from moderation.message_appeals.wording import AGAINST_DISMISSAL
from moderation.reports.models import Verdict


class MessageAnswerForm(Answer):
    """What is answered; against a dismissal perhaps a decision against the author, by a rule, with a reason."""

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

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for what a decision against the author needs: a rule, a reason, an end."""
        valid = super().validate(extra_validators)
        if self.outcome.data in (Verdict.WARN, Verdict.SUSPEND) and self.against_dismissal:
            if not self.rule.data:
                self.refuse("rule", _l("Choose the rule that was broken."))
            self.check_reason()
        if self.outcome.data == Verdict.SUSPEND and "length" in self:
            self.check_end()
        return valid and not self.errors
