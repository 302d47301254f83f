"""The interchange format: one line of JSON becomes one checked record, or a fault that names its line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from forum.core import text
from forum.core.database import now
from forum.core.errors import Refused
from forum.subthemes.actions import SLUG, SLUG_LIMIT
from forum.threads import sources
from forum.threads.corrections import NOTE_LIMIT

ID_LIMIT = 100  # the column source_id
NAME_OF_SUBTHEME_LIMIT = 100  # the columns name_en and name_zh
KINDS = ("person", "subtheme", "thread", "post")  # in this order in a file
ROLES = ("netizen", "expert", "moderator", "admin")
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
CLOCKS_APART = timedelta(days=1)  # how far in the future a time may lie; more would keep a thread on top for ever

OF_ANSWERS = ("sources", "correction", "corrected", "chosen", "chosen_by")
_SOURCE = {"title", "address"}

Check = Callable[[Any], Any]


class BadLine(Exception):
    """A line that can't be imported: its number (1-based) and what is wrong with it."""

    def __init__(self, number: int, problem: str) -> None:
        super().__init__(f"line {number}: {problem}")
        self.number, self.problem = number, problem


@dataclass(frozen=True)
class Record:
    """One line: its kind, the source's id, its checked fields, its number in the file."""

    kind: str
    id: str
    fields: dict[str, Any]
    line: int


def parse(number: int, line: bytes) -> Record:
    """Return the record on a line, its texts normalised; raises BadLine for anything the format does not know."""
    fields = _object(number, line)
    kind = fields.pop("kind", None)
    if kind not in KINDS:
        raise BadLine(number, f"'kind' must be one of {', '.join(KINDS)}")
    known = FIELDS[kind]
    if unknown := sorted(set(fields) - set(known)):
        raise BadLine(number, f"unknown key {unknown[0]!r}")
    if missing := [name for name, (_check, required) in known.items() if required and name not in fields]:
        raise BadLine(number, f"{missing[0]!r} is missing")
    checked = {name: _checked(number, name, value, known[name][0]) for name, value in fields.items()}
    _check_answer(number, checked)
    return Record(kind, checked.pop("id"), checked, number)


def _check_answer(number: int, fields: dict[str, Any]) -> None:
    """Refuse what only an expert's answer has at another post, and half a choice or correction."""
    given = [name for name in OF_ANSWERS if fields.get(name)]
    if given and not fields.get("expert"):
        raise BadLine(number, f"{given[0]!r} stands at a post that is no expert's answer")
    for name, other in (("chosen", "chosen_by"), ("chosen_by", "chosen"), ("correction", "corrected")):
        if fields.get(name) and not fields.get(other):
            raise BadLine(number, f"{name!r} needs {other!r}")


def _object(number: int, line: bytes) -> dict[str, Any]:
    try:
        words = line.decode("utf-8").removeprefix("\ufeff" if number == 1 else "")
        fields = json.loads(words)
    except UnicodeDecodeError as error:
        raise BadLine(number, "is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise BadLine(number, f"is not JSON ({error})") from error
    if not isinstance(fields, dict):
        raise BadLine(number, "is not an object")
    return fields


def _checked(number: int, name: str, value: Any, check: Check) -> Any:
    try:
        return check(value)
    except text.TooLong as error:
        raise BadLine(number, f"{name!r} has {error.length} characters, at most {error.limit} are possible") from error
    except text.Blank as error:
        raise BadLine(number, f"{name!r} is empty") from error
    except text.BadUsername as error:
        raise BadLine(number, f"{name!r} is no user name ({error.reason})") from error
    except (ValueError, OverflowError) as error:
        raise BadLine(number, f"{name!r} {error}") from error


def _words(limit: int, *, one_line: bool, least: int = 1) -> Check:
    normalize = text.normalize_line if one_line else text.normalize_text

    def check(value: Any) -> str:
        return normalize(_text(value), limit, least=least)

    return check


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


def _or_null(check: Check) -> Check:
    return lambda value: None if value is None else check(value)


def _moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        raise ValueError("must be a time such as 2021-10-02T08:00:00Z") from None
    if moment.tzinfo is None:
        raise ValueError("must be a time with its zone, such as 2021-10-02T08:00:00Z")
    if not EARLIEST <= moment <= now() + CLOCKS_APART:
        raise ValueError("must lie between 1970 and today")
    return moment.astimezone(UTC)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**31) < value < 2**31:
        raise ValueError("must be a whole number")
    return value


def _count(value: Any) -> int:
    if _number(value) < 0:
        raise ValueError("must not be negative")
    return int(value)


def _one_of(*allowed: str) -> Check:
    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(filter(None, allowed))}")
        return str(value)

    return check


def _names(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) - {"en", "zh"} or not value:
        raise ValueError('must be {"en": …, "zh": …}')
    names = {lang: _words(NAME_OF_SUBTHEME_LIMIT, one_line=True)(name) for lang, name in value.items()}
    return {"en": names.get("en") or names["zh"], "zh": names.get("zh") or names["en"]}


def _tags(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise ValueError("must be a list of texts")
    return value


def _sources(value: Any) -> list[dict[str, str]]:
    if not isinstance(value, list) or not all(isinstance(each, dict) and set(each) == _SOURCE for each in value):
        raise ValueError('must be a list of {"title": …, "address": …}')
    try:
        return sources.clean((_text(each["title"]), _text(each["address"])) for each in value)
    except Refused as refusal:
        raise ValueError(f"can't be taken: {refusal.message}") from refusal


def _slug(value: Any) -> str:
    if len(_text(value)) > SLUG_LIMIT or not SLUG.fullmatch(value):
        raise ValueError(f"must be small letters a-z and digits, joined by single hyphens, at most {SLUG_LIMIT}")
    return str(value)


_id = _words(ID_LIMIT, one_line=True)
_lang = _one_of("en", "zh", "")

# Field → (check, required). What does not stand here is refused (contract, "Interchange format").
FIELDS: dict[str, dict[str, tuple[Check, bool]]] = {
    "person": {
        "id": (_id, True),
        "username": (lambda value: text.valid_username(_text(value)), True),
        "name": (_words(text.NAME_LIMIT, one_line=True, least=0), False),
        "created": (_moment, True),
        "role": (_one_of(*ROLES), False),
        "bio": (_words(text.BIO_LIMIT, one_line=False, least=0), False),
    },
    "subtheme": {"id": (_id, True), "slug": (_slug, True), "name": (_names, True)},
    "thread": {
        "id": (_id, True),
        "subtheme": (_id, True),
        "author": (_id, True),
        "title": (_words(text.TITLE_LIMIT, one_line=True), True),
        "created": (_moment, True),
        "pinned": (_flag, False),
        "locked": (_flag, False),
        "views": (_count, False),
        "tags": (_tags, False),
        "lang": (_lang, False),
        "asked": (_or_null(_moment), False),
    },
    "post": {
        "id": (_id, True),
        "thread": (_id, True),
        "author": (_id, True),
        "parent": (_or_null(_id), False),
        "body": (_words(text.BODY_LIMIT, one_line=False), True),
        "created": (_moment, True),
        "edited": (_or_null(_moment), False),
        "lang": (_lang, False),
        "score": (_number, False),
        "expert": (_flag, False),
        "sources": (_sources, False),
        "correction": (_words(NOTE_LIMIT, one_line=False, least=0), False),
        "corrected": (_or_null(_moment), False),
        "chosen": (_or_null(_moment), False),
        "chosen_by": (_or_null(_id), False),
    },
}
