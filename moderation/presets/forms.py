"""The form of a preset, and how the form of a decision offers presets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.widgets import HiddenInput

from forum.core.forms import Form, Line, Words
from forum.core.paging import id_in
from forum.core.text import REASON_LIMIT
from moderation import rules, wording
from moderation.models import Case
from moderation.presets.actions import TITLE_LIMIT, Written
from moderation.presets.models import Preset
from moderation.presets.queries import all_presets


class PresetForm(Form):
    """A title for moderators, the reason in both languages, what it is for; `seen` is the version that is edited."""

    title = Line(_l("Title, which moderators see"), TITLE_LIMIT)
    text_en = Words(_l("The reason in English"), REASON_LIMIT)
    text_zh = Words(_l("The reason in Chinese"), REASON_LIMIT)
    rule = SelectField(_l("For the rule"), default="")
    outcome = SelectField(_l("For the decision"), default="")
    seen = IntegerField(widget=HiddenInput(), default=0)

    def __init__(self, preset: Preset | None = None, **options: Any) -> None:
        kept = {name: getattr(preset, name) for name in vars(Written("", "", ""))} if preset else {}
        super().__init__(data={**kept, "seen": preset.version if preset else 0}, **options)
        in_force = rules.current()
        self.rule.choices = [("", _l("any")), *((code, rule.name) for code, rule in in_force.items())]
        if preset and preset.rule and preset.rule not in in_force:  # retired since
            self.rule.choices.append((preset.rule, rules.name_of(preset.rule)))
        self.outcome.choices = [("", _l("any")), *((str(code), words) for code, words in wording.OUTCOMES.items())]

    def written(self) -> Written:
        """Return the preset as it is written here."""
        return Written(
            self.title.data or "", self.text_en.data or "", self.text_zh.data or "", self.rule.data or "",
            self.outcome.data or "",
        )  # fmt: skip


class Offered:
    """The presets that suit a case, each in its author's language: for the select of a decision's form."""

    def __init__(self, case: Case, outcomes: Sequence[str]) -> None:
        self.language = case.author.language or case.lang or "en"
        self.presets = {
            each.id: each for each in all_presets() if not each.outcome or each.outcome in set(map(str, outcomes))
        }

    def choices(self) -> list[tuple[str, Any, dict[str, str]]]:
        """Return the options; each carries what a script needs to fill the form in."""
        return [("", "—", {}), *((str(each.id), each.title, self._facts(each)) for each in self.presets.values())]

    def _facts(self, preset: Preset) -> dict[str, str]:
        text = preset.in_language(self.language)
        return {"data-text": text, "data-rule": preset.rule, "data-outcome": preset.outcome}

    def chosen(self, value: str | None) -> Preset | None:
        """Return the preset of an option, or None."""
        return self.presets.get(id_in(value or "") or 0)
