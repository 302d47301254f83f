"""What every form of a decision has: outcome, rule, reason and end; and what some outcomes need to be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput

from forum.accounts.models import Person
from forum.core.database import now
from forum.core.forms import Form, Line, Words
from forum.core.i18n import locale_name
from forum.core.markup.unquoting import MARK
from forum.core.paging import id_in
from forum.core.text import BODY_LIMIT, REASON_LIMIT, TITLE_LIMIT
from forum.subthemes.models import SubTheme
from forum.threads import redaction
from forum.threads.forms import spans
from forum.threads.models import Post
from forum.threads.policy import moderates
from forum.threads.sources import is_cut
from forum.threads.staff_actions import SLOW_MINUTES
from forum.threads.states import is_opening
from moderation import policy, rules, wording
from moderation.decisions import SUSPENSION_LEAST, SUSPENSION_MOST
from moderation.effects.shape import Details
from moderation.models import Case, Outcome
from moderation.profiles.contents import clearable

CHOOSE = _l("Please choose.")
_DATE = "date"


class JudgementForm(Form):
    """What every decision says: the outcome, by which rule, until when somebody is suspended, and why."""

    outcome = RadioField(_l("Decision"), validators=[InputRequired(CHOOSE)])
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

    def check_end(self) -> None:
        """Refuse a suspension or silence without an end, or one that lasts too short or too long."""
        end = self.ends_at()
        if self.length.errors:
            return  # it says already that there is no such choice
        if end is None:
            self.refuse("length", _l("Choose until when."))
        elif not now() + SUSPENSION_LEAST <= end <= now() + SUSPENSION_MOST:
            self.refuse("until", _l("A suspension or silence lasts between an hour and a year."))

    def place_of_refusal(self) -> str:
        """Return the field beside which it stands that the action refuses."""
        return "outcome"

    def ends_at(self) -> datetime | None:
        """Return when the suspension or silence ends: a date counts to its last moment in UTC, and before a length."""
        if self.outcome.data not in policy.LASTING or "length" not in self:
            return None
        if self.until.data and self.length.data in ("", _DATE):
            day = self.until.data
            return now().replace(year=day.year, month=day.month, day=day.day, hour=23, minute=59, second=59)
        days = id_in(self.length.data)  # a sender may say anything; what no choice offers is refused by the field
        return now() + min(timedelta(days=days), 2 * SUSPENSION_MOST) if days and days < 10_000 else None


class DetailedForm(JudgementForm):
    """A decision about one case, with what some outcomes need to be told: a shortened text, minutes, a place, parts."""

    parts = SelectMultipleField(_l("What is cleared"), option_widget=CheckboxInput(), default=())
    title = Line(_l("Title"), TITLE_LIMIT, required=False)
    body = Words(_l("The text: take away what breaks the rule, and nothing else"), BODY_LIMIT, required=False)
    cut_sources = SelectMultipleField(_l("Sources to cut out"), option_widget=CheckboxInput(), default=())
    cut_note = BooleanField(_l("Cut out the correction note"))
    minutes = SelectField(_l("One post per person in"), default="")
    subtheme = SelectField(_l("Move to"), default="")
    case: Case

    def offer_details(
        self, case: Case, by: Person, known: Sequence[SubTheme], outcomes: Sequence[str], words: Mapping[str, Any]
    ) -> list[str]:
        """Offer the outcomes and what they need, leave out all other fields, and return the outcomes that are left.

        `known` are open sub-themes; where none is left to move into, moving is not offered.
        """
        self.case = case
        places = [each for each in known if each.id != case.subtheme_id and moderates(by, each.id)]
        self.subtheme.choices = [("", "—"), *((each.slug, each.name(locale_name())) for each in places)]
        self.minutes.choices = [("", "—"), *((str(each), spans(each)) for each in SLOW_MINUTES)]
        self._places = {each.slug: each.id for each in places}
        offered = [each for each in outcomes if each != Outcome.MOVE or places]
        self.offer(offered, words)
        if case.is_about_person:
            self.parts.choices = [(part, wording.PARTS[part]) for part in clearable(case, case.author)]
        else:
            del self.parts
        for outcome, names in DETAILS.items():
            if outcome not in offered:
                for name in names:
                    del self[name]
        if "cut_sources" in self:
            self._offer_beside(case.the_post)
        if "title" in self and not is_opening(case.the_post.thread, case.the_post):
            del self.title
        if not self.is_submitted():
            self._fill_in(case)
        return offered

    def _offer_beside(self, post: Post) -> None:
        """Offer what stands beside the text and can be cut out."""
        standing = enumerate(post.sources)
        self.cut_sources.choices = [
            (str(place), f"{each['title']} · {each['address']}") for place, each in standing if not is_cut(each)
        ]
        if not self.cut_sources.choices:
            del self.cut_sources
        if post.correction in ("", MARK):
            del self.cut_note

    def _fill_in(self, case: Case) -> None:
        if "body" in self:
            self.body.data = case.the_post.body
        if "title" in self:
            self.title.data = case.the_post.thread.title

    def details(self) -> Details:
        """Return what the outcome needs to be told; raises Refused for a text that is not the author's, shortened."""
        if self.outcome.data == Outcome.EDIT_OUT and "body" in self:
            title = self.title.data or "" if "title" in self else ""
            places = [int(place) for place in self.cut_sources.data or ()] if "cut_sources" in self else []
            note = "cut_note" in self and bool(self.cut_note.data)
            post, body = self.case.the_post, self.body.data or ""
            return Details(cut=redaction.prepared(post, body, title, sources=places, note=note))
        if self.outcome.data == Outcome.SLOW and "minutes" in self:
            return Details(minutes=id_in(self.minutes.data or "") or 0)
        if self.outcome.data == Outcome.MOVE and "subtheme" in self:
            return Details(subtheme_id=self._places.get(self.subtheme.data or ""))
        return Details()

    def place_of_refusal(self) -> str:
        """Return the text's field where a cut is refused, as the action that compares it with the post does."""
        return "body" if self.outcome.data == Outcome.EDIT_OUT and "body" in self else super().place_of_refusal()

    def chosen_parts(self) -> Sequence[str] | None:
        """Return which parts of a profile were ticked; None where the form is not about one."""
        return (self.parts.data or ()) if "parts" in self else None

    def check_details(self) -> None:
        """Refuse an outcome without its rule, its end, or what it needs to be told."""
        outcome = self.outcome.data or ""
        if outcome and policy.needs_rule(outcome) and not self.rule.data:
            self.refuse("rule", _l("Choose the rule that was broken."))
        if outcome in policy.LASTING and "length" in self:
            self.check_end()
        if outcome == Outcome.CLEAR and "parts" in self and not self.parts.data:
            self.refuse("parts", _l("Tick what is to be cleared."))
        if outcome == Outcome.SLOW and "minutes" in self and not self.minutes.data:
            self.refuse("minutes", _l("Choose how long people wait between two posts."))
        if outcome == Outcome.MOVE and "subtheme" in self and not self.subtheme.data:
            self.refuse("subtheme", _l("Choose where the thread is to go."))


# Which fields belong to which outcome, beside the length that both suspending and silencing have.
DETAILS = {
    Outcome.EDIT_OUT: ("title", "body", "cut_sources", "cut_note"),
    Outcome.SLOW: ("minutes",),
    Outcome.MOVE: ("subtheme",),
}
DETAIL_FIELDS = ("parts", *(name for names in DETAILS.values() for name in names))
SUSPENSIONS: dict[int, Any] = {
    1: _l("1 day"),
    3: _l("3 days"),
    7: _l("1 week"),
    30: _l("30 days"),
    90: _l("90 days"),
    365: _l("1 year"),
}
