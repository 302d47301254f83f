"""The rules of the community, which flags and decisions name: those in force, and those of any former version."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import select

from forum.core import site
from forum.core.database import db
from moderation.conduct.first import NINE
from moderation.conduct.models import Conduct
from moderation.conduct.wording import Rule, from_row

SETTING = "conduct"  # {"version": 2, "mark": …}: the mark is new with every version ever published anywhere
FIRST: Mapping[str, Rule] = {rule.code: rule for rule in NINE}
LATELY = 60.0  # seconds for which a process remembers the version in force, where being late does no harm


class _Lately:
    """What this process last saw of the version in force, and when."""

    version = 1
    until = 0.0


def version() -> int:
    """Return the version of the rules in force; one statement, once a request."""
    _Lately.version, _Lately.until = int(_in_force()["version"]), time.monotonic() + LATELY
    return _Lately.version


def version_lately() -> int:
    """Return the version in force at most LATELY seconds ago: for pages that must not pay a statement for it."""
    return _Lately.version if time.monotonic() < _Lately.until else version()


def current() -> Mapping[str, Rule]:
    """Return the rules in force by their codes, in their order."""
    known = _in_force()
    return FIRST if known["version"] == 1 else _of(int(known["version"]), str(known["mark"]))


def at(number: int | None) -> Mapping[str, Rule]:
    """Return the rules of a version, {} for one that never was; None (an act from before versions) is the first."""
    if number in (None, 1):
        return FIRST
    known = _in_force()
    return current() if number == known["version"] else _of(int(number or 0), str(known["mark"]))


def find(code: str, number: int | None = None) -> Rule | None:
    """Return a rule as it was in a version (None: as it is, or as it last was before it was retired)."""
    if number is not None:
        return at(number).get(code)
    if code in (rules := current()):
        return rules[code]
    for former in range(int(_in_force()["version"]) - 1, 0, -1):
        if code in (rules := at(former)):
            return rules[code]
    return None


def name_of(code: str, number: int | None = None) -> Any:
    """Return the rule's name in the reader's language; "" for no rule, the bare code for one that never was."""
    rule = find(code, number) if code else None
    return rule.name if rule else code


def urgency_of(code: str) -> float:
    """Return how many times heavier a flag for this rule weighs; 1 for a rule that is gone."""
    rules = current()
    return rules[code].urgency if code in rules else 1.0


def _in_force() -> dict[str, Any]:
    return site.get(SETTING) or {"version": 1, "mark": ""}


@lru_cache(maxsize=32)
def _of(number: int, _mark: str) -> Mapping[str, Rule]:
    """Return a published version; it never changes, and the mark tells one database from another."""
    kept = db.session.scalar(select(Conduct.rules).where(Conduct.version == number))
    return {rule.code: rule for rule in map(from_row, kept or [])}
