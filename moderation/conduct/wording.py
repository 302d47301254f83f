"""A rule as people read it, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import LazyString

from forum.core import i18n

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Rule:
    """One rule: its code (kept in rows, never changed), its name and what it means, in the reader's language.

    `urgency` is how many times heavier a flag for it weighs in the queue (see scoring).
    """

    code: str
    name: Any
    text: Any
    urgency: float = 1.0


def from_row(kept: dict[str, Any]) -> Rule:
    """Return a rule as `Conduct.rules` keeps it."""
    return Rule(kept["code"], _said(kept["name"]), _said(kept["text"]), float(kept["urgency"]))


def _said(both: dict[str, str]) -> LazyString:
    return LazyString(lambda: both["zh" if i18n.page_lang().startswith("zh") else "en"])
