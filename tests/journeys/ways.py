"""The ways in which a journey is gone: which language and screen, with scripts or without, by keyboard or by finger."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.support import NullTranslations, Translations

from tests.plugins.browser import DESKTOP, PHONE

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Way:
    """One of them; `options` are those of Playwright's `browser.new_context`."""

    language: str
    by_keyboard: bool
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def has_scripts(self) -> bool:
        """Whether JavaScript is on."""
        return bool(self.options.get("java_script_enabled", True))

    def words(self, source: str, **values: object) -> str:
        """Return how the English `source` of a sentence reads on these pages."""
        said = _catalogue(self.language).gettext(source)
        return said % values if values else said

    def one_of(self, english: str, chinese: str) -> str:
        """Return the first in English pages, the second in Chinese ones: each way has a person of its own."""
        return english if self.language == "en" else chinese

    def at_a_desk(self) -> "Way":
        """Return how somebody with a mouse goes in the same language."""
        return Way(self.language, by_keyboard=False, options=DESKTOP)


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(str(ROOT / "translations"), [language])


BY_KEYBOARD = Way("en", by_keyboard=True, options=DESKTOP)
ON_A_PHONE = Way("zh_Hans", by_keyboard=False, options={**PHONE, "java_script_enabled": False})
BOTH_WAYS = pytest.mark.parametrize("way", [BY_KEYBOARD, ON_A_PHONE], ids=["en-keyboard", "zh-phone-no-scripts"])
