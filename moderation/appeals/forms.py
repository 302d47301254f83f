"""The forms of this room: an appeal, and the answer to one."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from forum.accounts.models import Person
from forum.accounts.policy import may_suspend
from forum.core.forms import Form, Words
from forum.core.text import REASON_LIMIT
from moderation.appeals.actions import UPHOLD
from moderation.appeals.models import Appeal
from moderation.appeals.policy import WORDS_LIMIT
from moderation.appeals.wording import AGAINST_AUTHOR, against_keep
from moderation.forms import JudgementForm
from moderation.models import Outcome
from moderation.policy import LASTING
from moderation.targets import revision_of, subject_of


class AppealForm(Form):
    """Why somebody thinks that a decision is wrong."""

    reason = Words(_l("Why is the decision wrong?"), WORDS_LIMIT)


class AnswerForm(JudgementForm):
    """What is answered to an appeal; against a "keep" perhaps a decision against the post, by a rule, with a reason."""

    reply = Words(_l("Reply, which whoever appealed reads"), REASON_LIMIT)
    version = IntegerField(widget=HiddenInput())
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def __init__(self, appeal: Appeal, by: Person, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.against_keep = appeal.decision.outcome == Outcome.KEEP
        case = appeal.decision.case
        words = against_keep(case.kind) if self.against_keep else AGAINST_AUTHOR
        may = may_suspend(by, case.author)
        self.offer([each for each in words if each not in LASTING or may], words)
        if not self.against_keep:
            del self.rule, self.reason
        if not self.is_submitted():
            self.look_again(appeal)

    def look_again(self, appeal: Appeal) -> None:
        """Take the present numbers, so that sending it once more decides about what is shown now."""
        self.version.data, self.revision.data = appeal.version, revision_of(subject_of(appeal.decision.case))
        self.version.raw_data = self.revision.raw_data = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for what a decision against the post needs: a rule, a reason, an end."""
        valid = super().validate(extra_validators)
        if self.version.data is None:
            self.refuse("version", _l("This form is not complete. Open the appeal again."))
        if self.against_keep and self.outcome.data and self.outcome.data != UPHOLD:
            if not self.rule.data:
                self.refuse("rule", _l("Choose the rule that was broken."))
            if not self.reason.data:
                self.refuse("reason", _l("Please say why: the author will read it."))
            if self.outcome.data in LASTING and "length" in self:
                self._check_end()
        return valid and not self.errors
