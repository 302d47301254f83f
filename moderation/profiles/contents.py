"""What a profile says: the parts that can be flagged and cleared, and one number for all that everybody sees of it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from forum.accounts import neutral_names
from forum.accounts.models import User
from moderation.models import Case

USERNAME = "username"  # goes only where it is asked for: a neutral one stands for it
PARTS = ("display_name", "bio", "avatar", "links", "place", "speaks")
JsonObject = dict[str, Any]


def shown(person: User) -> JsonObject:
    """Return the parts that everybody may read: what is private is nobody's to flag, and no moderator's to see."""
    return {part: getattr(person, part) for part in PARTS if part not in person.private}


def revision_of(person: User) -> int:
    """Return a number that is the same only while the profile says the same: what a revision is to a post.

    31 bits of a hash, so that what was judged is known again also when it is taken away and put back.
    """
    said = {"username": person.username, **{part: value for part, value in shown(person).items() if value}}
    digest = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).digest()
    return int.from_bytes(digest[:4]) & 0x7FFFFFFF


def frozen(case: Case) -> JsonObject:
    """Return the parts as they were flagged."""
    return {**case.frozen_facts, "bio": case.frozen_body}


def clearable(case: Case, person: User) -> tuple[str, ...]:
    """Return the parts that a moderator may clear: of those seen with the flag, or now, the ones that say something."""
    then, now = frozen(case), shown(person)
    said = tuple(part for part in PARTS if getattr(person, part) and (then.get(part) or now.get(part)))
    return (*said, USERNAME) if not (person.is_staff or person.is_closed) else said


def chosen(case: Case, person: User, asked: Iterable[str] | None) -> tuple[str, ...]:
    """Return which parts are cleared: those asked for; where nothing was (None), all that may be but the user name."""
    able = clearable(case, person)
    wanted = set(PARTS if asked is None else asked)
    return tuple(part for part in able if part in wanted)


def take(person: User, parts: Collection[str]) -> JsonObject:
    """Empty the parts of the locked row and return what stood there, as plain JSON values."""
    former: JsonObject = {}
    for part in parts:
        if part == USERNAME:
            former[part] = neutral_names.take_away(person)
            continue
        former[part] = getattr(person, part)
        setattr(person, part, [] if part == "links" else "")
    if "bio" in former:
        former |= {"bio_html": person.bio_html, "render_version": person.render_version}
        person.bio_html = ""
    return former


def give_back(person: User, part: str, former: JsonObject) -> bool:
    """Let a part of the locked row say what it did, unless the person has said something else since."""
    if part == USERNAME:
        return neutral_names.give_back(person, former[part])
    if getattr(person, part):
        return False
    setattr(person, part, former[part])
    if part == "bio":
        person.bio_html, person.render_version = former["bio_html"], former["render_version"]
    return True


@dataclass(frozen=True)
class Compared:
    """A profile as it was flagged beside what everybody reads there now; `changed` names parts that differ."""

    then: JsonObject
    now: JsonObject
    changed: frozenset[str]
    parts: tuple[str, ...] = PARTS


def compared(case: Case) -> Compared:
    """Return the profile that a case is about, then and now; its author must be loaded."""
    then, now = frozen(case), shown(case.author)
    return Compared(then, now, frozenset(part for part in PARTS if (then.get(part) or None) != (now.get(part) or None)))
