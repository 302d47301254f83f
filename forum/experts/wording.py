"""What the facts of a credential are called."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, Protocol

from flask_babel import lazy_gettext as _l

# Languages that experts answer in: those of the forum, with the codes that texts carry (core.text.guess_language).
LANGUAGES: dict[str, Any] = {"en": _l("English"), "zh": _l("Chinese")}


class HasLanguages(Protocol):
    """A credential, or an application for one."""

    @property
    def languages(self) -> str:
        """Codes with spaces between."""


def languages_of(credential: HasLanguages) -> Sequence[Any]:
    """Return the languages that its holder answers in, in words; none where nobody said."""
    return [LANGUAGES[code] for code in credential.languages.split() if code in LANGUAGES]


def said_in(codes: Collection[str]) -> str:
    """Return codes of languages as they are stored: in the order of LANGUAGES, with spaces between."""
    return " ".join(code for code in LANGUAGES if code in codes)
