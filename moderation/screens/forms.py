"""The form of a screen; it carries a seal of what was tried, so that nothing is saved that nobody has tried."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, Signer
from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.widgets import HiddenInput

from forum.core.forms import Form, Line, Words
from moderation import rules
from moderation.screens.actions import Wanted
from moderation.screens.models import Screen
from moderation.screens.reading import WORDS_LIMIT
from moderation.screens.wording import ACTIONS, KINDS

REPLACEMENT_LIMIT = 100


class ScreenForm(Form):
    """Words, how they are compared, what happens, and the rule; `seen` is the version that is edited."""

    kind = RadioField(_l("How they are compared"), choices=[], validate_choice=False)
    words = Words(_l("Words, one a line"), WORDS_LIMIT)
    action = RadioField(_l("What happens"), choices=[], validate_choice=False)
    replacement = Line(_l("Replace them with"), REPLACEMENT_LIMIT, required=False)
    rule = SelectField(_l("Rule"), validate_choice=False)
    seen = IntegerField(widget=HiddenInput(), default=0)
    tried = HiddenField()

    def __init__(self, screen: Screen | None = None, **options: Any) -> None:
        kept = (
            {name: getattr(screen, name) for name in ("kind", "words", "action", "replacement", "rule")}
            if screen
            else {}
        )
        super().__init__(
            data={"kind": "zh", "action": "hold", **kept, "seen": screen.version if screen else 0}, **options
        )
        self.kind.choices = [(str(code), str(words)) for code, words in KINDS.items()]
        self.action.choices = [(str(code), str(words)) for code, words in ACTIONS.items()]
        self.rule.choices = [(code, str(rule.name)) for code, rule in rules.current().items()]

    def wanted(self) -> Wanted:
        """Return the screen as it is written here."""
        return Wanted(
            self.kind.data or "", self.words.data or "", self.action.data or "", self.rule.data or "",
            self.replacement.data or "",
        )  # fmt: skip

    def mark_tried(self, wanted: Wanted) -> None:
        """Put the seal of what was tried into the form."""
        self.tried.data = _signer().sign(_mark(wanted)).decode()

    def was_tried(self, wanted: Wanted) -> bool:
        """Whether exactly these words were tried: what is compared, not what then happens."""
        try:
            return _signer().unsign((self.tried.data or "").encode("utf-8", "replace")).decode() == _mark(wanted)
        except BadSignature:
            return False


def _mark(wanted: Wanted) -> str:
    return hashlib.sha256(json.dumps([wanted.kind, wanted.words]).encode()).hexdigest()


def _signer() -> Signer:
    keys = [*current_app.config["SECRET_KEY_FALLBACKS"], current_app.config["SECRET_KEY"]]
    return Signer(keys, salt="a screen that was tried", sep="~", digest_method=hashlib.sha256)
