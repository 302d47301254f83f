"""The forms of this room: an appeal, and the answer to one."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField
from wtforms.validators import Optional
from wtforms.widgets import HiddenInput

from forum.accounts.models import Person
from forum.core.forms import Form, Words
from forum.core.text import REASON_LIMIT
from forum.subthemes.queries import open_subthemes
from moderation.appeals import actions
from moderation.appeals.actions import UPHOLD
from moderation.appeals.models import Appeal
from moderation.appeals.policy import WORDS_LIMIT
from moderation.appeals.wording import AGAINST_AUTHOR, against_keep
from moderation.judging import DETAIL_FIELDS, DetailedForm
from moderation.models import Outcome
from moderation.targets import revision_of, subject_of


class AppealForm(Form):
    """Why somebody thinks that a decision is wrong."""

    reason = Words(_l("Why is the decision wrong?"), WORDS_LIMIT)


class AnswerForm(DetailedForm):
    """What is answered to an appeal; against a "keep" perhaps a decision against the post, by a rule, with a reason."""

    reply = Words(_l("Reply, which whoever appealed reads"), REASON_LIMIT)
    version = IntegerField(widget=HiddenInput())
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def __init__(self, appeal: Appeal, by: Person, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        case = appeal.decision.case
        self.against_keep = appeal.decision.outcome == Outcome.KEEP
        if self.against_keep:
            offered = (UPHOLD, *actions.instead_of_keep(by, appeal))
            self.offer_details(case, by, open_subthemes(), offered, against_keep(case.kind))
        else:
            self.offer(list(AGAINST_AUTHOR), AGAINST_AUTHOR)
            for name in ("rule", "reason", *DETAIL_FIELDS):
                del self[name]
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
            self.check_details()
            if not self.reason.data:
                self.refuse("reason", _l("Please say why: the author will read it."))
        return valid and not self.errors
