"""What a session is about as everybody reads it now: title, and the opening post apart in its two languages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from forum.asking.models import AskSession
from forum.core.text import guess_language
from forum.threads.models import Post

_BREAK = "\n\n"


class Described(Protocol):
    """Whatever has a description in both languages."""

    @property
    def description_en(self) -> str:
        """What it is about, in English."""

    @property
    def description_zh(self) -> str:
        """What it is about, in Chinese."""


@dataclass(frozen=True)
class Words:
    """Title and description as a host writes them."""

    title: str
    description_en: str
    description_zh: str


def body_of(words: Described) -> str:
    """Return the opening post: what the session is about, in both languages."""
    return f"{words.description_en}{_BREAK}{words.description_zh}"


def shown(session: AskSession, opening: Post | None) -> Words:
    """Return the words that everybody reads now; an opening out of sight (None) says nothing.

    The row beside the thread may still have words that a moderator cut out of the opening since.
    """
    if opening is None:
        return Words(session.thread.title, "", "")
    if opening.body == body_of(session):
        return Words(session.thread.title, session.description_en, session.description_zh)
    parts = opening.body.split(_BREAK)
    first = _first_chinese(session, parts)
    return Words(session.thread.title, _BREAK.join(parts[:first]), _BREAK.join(parts[first:]))


def _first_chinese(session: AskSession, parts: list[str]) -> int:
    """Return which paragraph begins the Chinese description: by their number, if that is as it was."""
    english, chinese = (len(words.split(_BREAK)) for words in (session.description_en, session.description_zh))
    if len(parts) == english + chinese:
        return english
    return next((number for number, part in enumerate(parts) if guess_language(part) == "zh"), len(parts))
