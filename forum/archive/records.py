"""The interchange format: one line of JSON becomes one checked record, or a fault that names its line."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from forum.core import text

ID_LIMIT = 100  # the column source_id
KINDS = ("person", "subtheme", "thread", "post")  # in this order in a file
ROLES = ("netizen", "expert", "moderator", "admin")


class BadLine(Exception):  # noqa: N818 - it names a line of somebody's file
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


def _words(limit: int, *, one_line: bool, least: int = 1) -> Callable[[Any], str]:
    normalize = text.normalize_line if one_line else text.normalize_text

    def check(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a text")
        return normalize(value, limit, least=least)

    return check


def _moment(value: Any) -> datetime:
    if not isinstance(value, str):
        raise ValueError("must be a time such as 2021-10-02T08:00:00Z")
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("must be a time with its zone, such as 2021-10-02T08:00:00Z")
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


def _one_of(*allowed: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"must be one of {', '.join(allowed)}")
        return str(value)

    return check


def _names(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) - {"en", "zh"} or not value:
        raise ValueError('must be {"en": …, "zh": …}')
    names = {lang: _words(100, one_line=True)(name) for lang, name in value.items()}
    return {"en": names.get("en") or names["zh"], "zh": names.get("zh") or names["en"]}


def _tags(value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(tag, str) for tag in value):
        raise ValueError("must be a list of texts")
    return value


def _username(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return text.valid_username(value)


_id = _words(ID_LIMIT, one_line=True)
_lang = _one_of("en", "zh", "")
_slug = _words(60, one_line=True)

# Field → (check, required). What stands in neither column of the contract is refused.
FIELDS: dict[str, dict[str, tuple[Callable[[Any], Any], bool]]] = {
    "person": {
        "username": (_username, True),
        "name": (_words(text.NAME_LIMIT, one_line=True, least=0), False),
        "created": (_moment, True),
        "role": (_one_of(*ROLES), False),
        "bio": (_words(text.BIO_LIMIT, one_line=False, least=0), False),
    },
    "subtheme": {"slug": (_slug, True), "name": (_names, True)},
    "thread": {
        "subtheme": (_id, True),
        "author": (_id, True),
        "title": (_words(text.TITLE_LIMIT, one_line=True), True),
        "created": (_moment, True),
        "pinned": (_flag, False),
        "locked": (_flag, False),
        "views": (_count, False),
        "tags": (_tags, False),
        "lang": (_lang, False),
    },
    "post": {
        "thread": (_id, True),
        "author": (_id, True),
        "parent": (lambda value: None if value is None else _id(value), False),
        "body": (_words(text.BODY_LIMIT, one_line=False), True),
        "created": (_moment, True),
        "edited": (lambda value: None if value is None else _moment(value), False),
        "lang": (_lang, False),
        "score": (_number, False),
        "expert": (_flag, False),
    },
}


def parse(number: int, line: str | bytes) -> Record:
    """Return the record on a line, its texts normalised; raises BadLine for anything the contract does not know."""
    try:
        fields = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadLine(number, f"is not JSON in UTF-8 ({error})") from error
    if not isinstance(fields, dict):
        raise BadLine(number, "is not an object")
    kind = fields.pop("kind", None)
    if kind not in KINDS:
        raise BadLine(number, f"kind must be one of {', '.join(KINDS)}")
    known = FIELDS[kind]
    unknown = sorted(set(fields) - set(known) - {"id"})
    if unknown:
        raise BadLine(number, f"unknown key {unknown[0]!r}")
    return Record(
        kind, _checked(number, "id", fields.pop("id", None), _id), _all_checked(number, known, fields), number
    )


def _all_checked(number: int, known: dict[str, Any], fields: dict[str, Any]) -> dict[str, Any]:
    missing = [name for name, (_check, required) in known.items() if required and name not in fields]
    if missing:
        raise BadLine(number, f"{missing[0]!r} is missing")
    return {name: _checked(number, name, value, known[name][0]) for name, value in fields.items()}


def _checked(number: int, name: str, value: Any, check: Callable[[Any], Any]) -> Any:
    try:
        return check(value)
    except (ValueError, text.TextError) as error:
        raise BadLine(number, f"{name!r} {error}") from error
