"""Patterns that are made ready when they are first needed, because that takes milliseconds of each start."""

from __future__ import annotations

import re
from typing import Any, cast


class _Late:
    """Stands in a module for a pattern, and becomes one: every attribute is the pattern's own."""

    def __init__(self, pattern: str) -> None:
        self.__dict__["pattern"] = pattern

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern), name)
        self.__dict__[name] = found  # the next time it is found without us
        return found


def late(pattern: str) -> re.Pattern[str]:
    """Return the pattern, made ready at its first use: for sets of signs all over Unicode, 1 to 15 ms each.

    Raises re.error, for a pattern that is none, only then. What it gives is no `re.Pattern` to `isinstance`.
    """
    return cast("re.Pattern[str]", _Late(pattern))
