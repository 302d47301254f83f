"""The words of a screen as they were typed, one a line: what can be used, and what is wrong with a line that can't."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from forum.core.errors import Refused
from forum.core.text import visible_length
from moderation.screens import hosts
from moderation.screens.models import Kind
from moderation.screens.prepared import Text, squeeze
from moderation.screens.wildcards import BadPattern, Pattern

LINES_MOST = 200
LINE_LIMIT = 80
WORDS_LIMIT = LINES_MOST * (LINE_LIMIT + 1)


class BadWord(Refused):
    """A line that can't be used; the message names it."""


def cleaned(kind: str, typed: str) -> list[str]:
    """Return the lines as they are kept, each once, in their order. Raises Refused, BadWord for a single line."""
    lines = [" ".join(line.split()) for line in typed.splitlines() if line.strip()]
    if not lines:
        raise Refused(_l("Write at least one word."))
    if len(lines) > LINES_MOST:
        raise Refused(_l("At most %(most)s lines. Make another screen for the rest.", most=LINES_MOST))
    return list(dict.fromkeys(_kept(kind, line) for line in lines))


def _kept(kind: str, line: str) -> str:
    if len(line) > LINE_LIMIT:
        raise BadWord(_l("“%(line)s” is longer than %(most)s characters.", line=line[:40] + "…", most=LINE_LIMIT))
    if kind == Kind.DOMAIN:
        return _domain(line)
    problem = _PROBLEMS[kind](line)
    if problem is not None:
        raise BadWord(problem)
    return line


def _domain(line: str) -> str:
    if host := hosts.canonical(line):
        return host
    raise BadWord(_l("“%(line)s” is no domain such as shop.example.", line=line))


def _problem_of_english(line: str) -> Any | None:
    return None if Text(line).words else _l("“%(line)s” has no English word in it.", line=line)


def _problem_of_han(line: str) -> Any | None:
    if len(squeeze(line)) >= 2:
        return None
    return _l("“%(line)s” is too short: a single character stands in too many honest words.", line=line)


def _problem_of_phrase(line: str) -> Any | None:
    return None if visible_length(line) >= 2 else _l("“%(line)s” is too short.", line=line)


def _problem_of_pattern(line: str) -> Any | None:
    try:
        Pattern.of(line)
    except BadPattern as error:
        if error.reason == "stars":
            return _l("“%(line)s” has more than five stars.", line=line)
        return _l("“%(line)s” would meet nearly every text. Give it at least two fixed characters.", line=line)
    return None


_PROBLEMS: dict[str, Any] = {
    Kind.ENGLISH: _problem_of_english,
    Kind.HAN: _problem_of_han,
    Kind.PHRASE: _problem_of_phrase,
    Kind.PATTERN: _problem_of_pattern,
}
