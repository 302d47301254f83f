"""How this room joins the house: screening, the rules' names, its notices, and cases that follow a moved thread."""

from __future__ import annotations

from typing import Any

from flask import Flask

from forum.core import signals
from forum.notifications import wording as notices
from forum.threads import reasons
from moderation import cases, screening, wording
from moderation.rules import RULES


def connect(app: Flask) -> None:
    """Fill the plugs of the rooms below and listen; harmless to repeat for another application."""
    screening.plug_in()
    reasons.NAMES.update({code: rule.name for code, rule in RULES.items()})
    notices.KINDS.update(wording.KINDS)
    signals.thread_changed.connect(_follow_thread)


def _follow_thread(_sender: object, thread_id: int, **_facts: Any) -> None:
    cases.follow_thread(thread_id)
