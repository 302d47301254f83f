"""What a moderator has cleared from a profile is not set again: not the same words, links or picture."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from typing import Any

from flask_babel import lazy_gettext as _l

from forum.accounts import screening as accounts
from forum.accounts.models import User
from forum.avatars import actions as avatars
from forum.core.plugs import fill
from moderation.profiles import pictures, queries

_TAG = re.compile(r"<[^>]*>")  # of our own renderer, which escapes every other sign
_WORDS = ("display_name", "bio", "place", "speaks")


def why_not_again(person: User | None, words: Iterable[str], links: Iterable[str] = ()) -> Any | None:
    """Say that a moderator has cleared these words or one of these links from the person's profile, or None."""
    if person is None or not (gone := list(_cleared(person))):
        return None
    said = {_folded(each) for each in words} - {""}
    texts = {_folded(former[part]) for former in gone for part in _WORDS if former.get(part)}
    texts |= {_folded(unescape(_TAG.sub("", former["bio_html"]))) for former in gone if former.get("bio_html")}
    texts |= {_folded(former["username"]["name"]) for former in gone if former.get("username")}
    addresses = {link for former in gone for link in former.get("links", ())}
    return _SAID if said & texts or addresses.intersection(links) else None


def why_not_picture_again(person: User, squares: Mapping[int, bytes]) -> Any | None:
    """Say that a moderator has cleared this very picture, or None."""
    gone = {seal for former in _cleared(person) for seal in former.get("seals", ())}
    return _SAID if gone and gone.intersection(pictures.seals(squares)) else None


_SAID = _l(
    "A moderator has cleared this from your profile. You can say something else, or appeal against the decision."
)


def _cleared(person: User) -> Iterator[dict[str, Any]]:
    """Yield what decisions that stand have taken from the profile."""
    for decision in queries.decisions_about(person.id):
        taken = decision.undo.get("profile")
        if decision.stands and taken and taken["person"] == person.id:
            yield taken["former"]


def _folded(text: str) -> str:
    """Return what is compared: letters and digits without their case or width, or the marks where there is no other."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, plain)) or "".join(plain.split())


def plug_in() -> None:
    """Put ourselves into the plugs of accounts and pictures."""
    fill(accounts.objectors, why_not_again)
    fill(avatars.objectors, why_not_picture_again)
