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
from moderation.appeals.answering import UPHOLD
from moderation.appeals.models import Appeal
from moderation.appeals.policy import WORDS_LIMIT
from moderation.appeals.wording import AGAINST_AUTHOR, against_keep
from moderation.judging import DETAIL_FIELDS, DetailedForm, JudgementForm
from moderation.models import Outcome
from moderation.targets import revision_of, subject_of


class AppealForm(Form):
    """Why somebody thinks that a decision is wrong."""

    reason = Words(_l("Why is the decision wrong?"), WORDS_LIMIT)


class Answer(JudgementForm):
    """What is answered to an appeal, in words; `version` says which state of the appeal was seen."""

    reply = Words(_l("Reply, which whoever appealed reads"), REASON_LIMIT)
    version = IntegerField(widget=HiddenInput())

    def look_again(self, appeal: Any) -> None:
        """Take the present number, so that sending it once more decides about what is shown now."""
        self.version.data, self.version.raw_data = appeal.version, None

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for the number, which every page sends."""
        valid = super().validate(extra_validators)
        if self.version.data is None:
            self.refuse("version", _l("This form is not complete. Open the appeal again."))
        return valid and not self.errors

    def check_reason(self) -> None:
        """Refuse a decision against somebody without a reason."""
        if not self.reason.data:
            self.refuse("reason", _l("Please say why: the author will read it."))

    def judgement(self) -> dict[str, Any]:
        """Return what the actions of all appeals are told."""
        return {
            "outcome": self.outcome.data or "",
            "reply": self.reply.data or "",
            "rule": (self.rule.data or "") if self.rule else "",
            "reason": (self.reason.data or "") if self.reason else "",
            "until": self.ends_at(),
            "version": self.version.data,
        }


class AnswerForm(Answer, DetailedForm):
    """An answer; against a "keep" perhaps a decision against the post, by a rule, with a reason."""

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
        """Take the present numbers of the appeal and of what it is about."""
        super().look_again(appeal)
        self.revision.data, self.revision.raw_data = revision_of(subject_of(appeal.decision.case)), None

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for what a decision against the post needs: a rule, a reason, an end."""
        valid = super().validate(extra_validators)
        if self.against_keep and self.outcome.data and self.outcome.data != UPHOLD:
            self.check_details()
            self.check_reason()
        return valid and not self.errors
