"""What a screen found and where, as it is kept with the case: plain JSON, cut to what a moderator needs to see."""

from __future__ import annotations

from typing import Any

from moderation.screens.compiled import Match
from moderation.screens.prepared import Text

Finding = dict[str, Any]


def of_match(match: Match, text: Text, field: str) -> Finding:
    """Return the finding for a watched word in `text`, which is the "title" or the "body"."""
    if match.start < 0:
        return _finding("watched", "link", "", match.words[:120], "", match.rule.id, match.rule.rule)
    return _finding("watched", field, *text.around(match.start, match.end), match.rule.id, match.rule.rule)


def of_body(screen: str, matched: str = "", *, before: str = "", after: str = "", **facts: Any) -> Finding:
    """Return the finding of a screen that comes with the forum; `facts` are numbers for its sentence."""
    return {**_finding(screen, "body", before, matched, after), **({"facts": facts} if facts else {})}


def _finding(
    screen: str, field: str, before: str, match: str, after: str, number: int | None = None, rule: str = ""
) -> Finding:
    found = {"screen": screen, "id": number, "rule": rule, "field": field}
    return {**found, "before": before, "match": match, "after": after}
