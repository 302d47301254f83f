"""The forms of this room: a flag, and a decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, HiddenInput

from forum.accounts.models import Person
from forum.core.database import now
from forum.core.forms import Form, Line, Words
from forum.core.i18n import locale_name
from forum.core.paging import id_in
from forum.core.text import BODY_LIMIT, NOTE_LIMIT, REASON_LIMIT, TITLE_LIMIT
from forum.subthemes.models import SubTheme
from forum.subthemes.queries import open_subthemes
from forum.threads import redaction
from forum.threads.forms import spans
from forum.threads.policy import moderates
from forum.threads.staff_actions import SLOW_MINUTES
from forum.threads.states import is_opening
from moderation import policy, rules, targets, wording
from moderation.decisions import SUSPENSION_LEAST, SUSPENSION_MOST
from moderation.effects.shape import Details
from moderation.models import Case, Outcome
from moderation.presets.forms import Offered
from moderation.profiles.contents import clearable

_DATE = "date"
_CHOOSE = _l("Please choose.")


class FlagForm(Form):
    """Why somebody flags a post, a thread or a profile: a rule, and a note for the moderators."""

    reason = RadioField(_l("Which rule does it break?"), validators=[InputRequired(_CHOOSE)])
    note = Words(_l("What should a moderator know?"), NOTE_LIMIT, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.choices = [(rule.code, rule.name) for rule in rules.current().values()]


class JudgementForm(Form):
    """What every decision says: the outcome, by which rule, until when somebody is suspended, and why."""

    outcome = RadioField(_l("Decision"), validators=[InputRequired(_CHOOSE)])
    rule = SelectField(_l("Rule that was broken"))
    length = SelectField(_l("For how long"), default="")
    until = DateField(_l("or until (UTC)"), validators=[Optional()])
    reason = Words(_l("Reason, which the author reads"), REASON_LIMIT, required=False)

    def offer(self, outcomes: Sequence[str], words: Mapping[str, Any]) -> None:
        """Offer these outcomes, all rules, and lengths where one of the outcomes lasts for a time."""
        self.outcome.choices = [(str(outcome), words[outcome]) for outcome in outcomes]
        self.rule.choices = [("", "—"), *((rule.code, rule.name) for rule in rules.current().values())]
        self.length.choices = [
            ("", "—"),
            *((str(days), words) for days, words in SUSPENSIONS.items()),
            (_DATE, _l("until a date …")),
        ]
        if policy.LASTING.isdisjoint(outcomes):
            del self.length, self.until

    def _check_end(self) -> None:
        end = self.ends_at()
        if end is None:
            self.refuse("length", _l("Choose until when."))
        elif not now() + SUSPENSION_LEAST <= end <= now() + SUSPENSION_MOST:
            self.refuse("until", _l("A suspension or silence lasts between an hour and a year."))

    def ends_at(self) -> datetime | None:
        """Return when the suspension or silence ends: a date counts to its last moment in UTC, and before a length."""
        if self.outcome.data not in policy.LASTING or "length" not in self:
            return None
        if self.until.data and self.length.data in ("", _DATE):
            day = self.until.data
            return now().replace(year=day.year, month=day.month, day=day.day, hour=23, minute=59, second=59)
        days = id_in(self.length.data)  # a sender may say anything; what no choice offers is refused by the field
        return now() + min(timedelta(days=days), 2 * SUSPENSION_MOST) if days and days < 10_000 else None


class DecisionForm(JudgementForm):
    """What is decided about a case, by which rule, and why; `version` and `revision` say what the moderator saw."""

    preset = SelectField(_l("Preset reason"), default="")
    parts = SelectMultipleField(_l("What is cleared"), option_widget=CheckboxInput(), default=())
    title = Line(_l("Title"), TITLE_LIMIT, required=False)
    body = Words(_l("The text: take away what breaks the rule, and nothing else"), BODY_LIMIT, required=False)
    minutes = SelectField(_l("One post per person in"), default="")
    subtheme = SelectField(_l("Move to"), default="")
    version = IntegerField(widget=HiddenInput())
    revision = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def __init__(
        self, case: Case, by: Person, suggested_rule: str = "", places: Sequence[SubTheme] | None = None, **kwargs: Any
    ) -> None:
        """`suggested_rule` is chosen at first, and where a sender leaves the field out: the heaviest flags' reason.

        `places` are the open sub-themes that `by` looks after, where a page has read them already.
        """
        super().__init__(rule=suggested_rule, **kwargs)
        self.case = case
        self.reason.required = policy.needs_reason(self.outcome.data or Outcome.KEEP, case.source)
        self._offer_details(case, by, open_subthemes() if places is None else places)
        if not self.is_submitted():
            self.look_again(case)

    def _offer_details(self, case: Case, by: Person, known: Sequence[SubTheme]) -> None:
        """Leave out what has no place here: a sub-theme to move into, a title to cut, whatever no outcome asks for."""
        places = [each for each in known if each.id != case.subtheme_id and moderates(by, each.id)]
        self.subtheme.choices = [("", "—"), *((each.slug, each.name(locale_name())) for each in places)]
        self.minutes.choices = [("", "—"), *((str(each), spans(each)) for each in SLOW_MINUTES)]
        self._places = {each.slug: each.id for each in places}
        offered = [each for each in policy.outcomes(by, case) if each != Outcome.MOVE or places]
        self.offer(offered, wording.choices(case))
        self._offer_presets(case, offered)
        if case.is_about_person:
            self.parts.choices = [(part, wording.PARTS[part]) for part in clearable(case, case.author)]
        else:
            del self.parts
        for outcome, names in DETAILS.items():
            if outcome not in offered:
                for name in names:
                    del self[name]
        if "title" in self and not is_opening(case.the_post.thread, case.the_post):
            del self.title
        if not self.is_submitted():
            self._fill_in(case)

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

    def _fill_in(self, case: Case) -> None:
        if "body" in self:
            self.body.data = case.the_post.body
        if "title" in self:
            self.title.data = case.the_post.thread.title

    def details(self) -> Details:
        """Return what the outcome needs to be told; raises Refused for a text that is not the author's, shortened."""
        if self.outcome.data == Outcome.EDIT_OUT and "body" in self:
            title = self.title.data or "" if "title" in self else ""
            return Details(cut=redaction.prepared(self.case.the_post, self.body.data or "", title))
        if self.outcome.data == Outcome.SLOW and "minutes" in self:
            return Details(minutes=id_in(self.minutes.data or "") or 0)
        if self.outcome.data == Outcome.MOVE and "subtheme" in self:
            return Details(subtheme_id=self._places.get(self.subtheme.data or ""))
        return Details()

    def look_again(self, case: Case) -> None:
        """Let the form stand for the case and the post as they are now; everything typed stays."""
        self.version.data, self.revision.data = case.version, targets.revision_of(targets.subject_of(case))
        self.version.raw_data = self.revision.raw_data = None

    def validate(self, extra_validators: Any = None) -> bool:
        """Also ask for what this outcome needs: a rule, an end."""
        valid = super().validate(extra_validators)
        outcome = self.outcome.data or ""
        if self.version.data is None:
            self.refuse("version", _l("This form is not complete. Open the case again."))
        if policy.needs_rule(outcome) and self.outcome.data and not self.rule.data:
            self.refuse("rule", _l("Choose the rule that was broken."))
        if outcome in policy.LASTING and "length" in self:
            self._check_end()
        if outcome == Outcome.CLEAR and "parts" in self and not self.parts.data:
            self.refuse("parts", _l("Tick what is to be cleared."))
        if outcome == Outcome.SLOW and "minutes" in self and not self.minutes.data:
            self.refuse("minutes", _l("Choose how long people wait between two posts."))
        if outcome == Outcome.MOVE and "subtheme" in self and not self.subtheme.data:
            self.refuse("subtheme", _l("Choose where the thread is to go."))
        return valid and not self.errors


# Which fields belong to which outcome, beside the length that both suspending and silencing have.
DETAILS = {Outcome.EDIT_OUT: ("title", "body"), Outcome.SLOW: ("minutes",), Outcome.MOVE: ("subtheme",)}
SUSPENSIONS: dict[int, Any] = {
    1: _l("1 day"),
    3: _l("3 days"),
    7: _l("1 week"),
    30: _l("30 days"),
    90: _l("90 days"),
    365: _l("1 year"),
}
