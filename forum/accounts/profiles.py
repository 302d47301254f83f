"""What people may say about themselves beyond a name, in which words, and who reads which part of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts.models import PROFILE_PARTS, Person, User
from forum.core.i18n import FOR_GOOD
from forum.core.markup.websites import website

PLACE_LIMIT = 80
SPEAKS_LIMIT = 120
MOST_LINKS = 3

# Whom somebody speaks from: those who met at the conference (issue 3).
SECTORS: dict[str, Any] = {
    "government": _l("Government"),
    "academia": _l("Academia"),
    "private": _l("Private sector"),
    "civil": _l("Civil society"),
    "netizen": _l("Netizen representative"),
}

PART_WORDS: dict[str, Any] = {
    "bio": _l("The words about you"),
    "sector": _l("Sector"),
    "place": _l("Place"),
    "links": _l("Links"),
    "speaks": _l("Languages"),
    "joined": _l("When you joined"),
    "contributions": _l("How much you have contributed"),
}
assert tuple(PART_WORDS) == PROFILE_PARTS


class BadLink(ValueError):
    """An address that can't be shown; the text is what was typed."""


@dataclass(frozen=True)
class About:
    """The parts of a profile as they are stored; `private` names those that others don't see."""

    sector: str = ""
    place: str = ""
    links: tuple[str, ...] = ()
    speaks: str = ""
    private: frozenset[str] = frozenset()


def clean_links(typed: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses as posts would link them, each once, at most 3; raise `BadLink`."""
    found = []
    for words in filter(str.strip, typed):
        address = website(words)
        if not address:
            raise BadLink(words)
        found.append(address)
    return tuple(dict.fromkeys(found))[:MOST_LINKS]


def parts_shown(person: User, to: Person) -> Collection[str]:
    """Return the parts of a profile that `to` sees: the person and admins all of them, others what is not private.

    Of an account that nobody has confirmed or approved yet, or that is suspended for good, they see none, as they see
    none of its posts: a page with links would be the spammer's first, or last.
    """
    if to.id == person.id or to.is_admin:
        return PROFILE_PARTS
    if (not person.is_approved or _is_shut_out(person)) and not to.is_moderator:
        return ()
    return [part for part in PROFILE_PARTS if part not in person.private]


def _is_shut_out(person: User) -> bool:
    """Whether the person is suspended for good, as after an account was closed for spam."""
    return person.suspended_until is not None and person.suspended_until >= FOR_GOOD


def is_withdrawn(person: User) -> bool:
    """Whether the person shows nothing, is unlisted, shut out, or waits for approval: not for search engines."""
    return (
        not person.is_approved
        or _is_shut_out(person)
        or person.is_unlisted
        or set(person.private) >= set(PROFILE_PARTS)
    )
