"""The plug for messages: moderation fills it. A message is never held, since nobody but those in it may read it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from forum.accounts.models import User
from forum.core.errors import Refused

# Called with the author, title and text as they will be read, and the links; says why not, or None.
objectors: list[Callable[[User, str, Sequence[str]], Any | None]] = []
start_objectors: list[Callable[[User], Any | None]] = []


def check(by: User, words: str, links: Sequence[str], *, starts: bool = False) -> None:
    """Raise Refused when somebody objects to the message, or to one more conversation; never within a transaction."""
    for object_to_start in start_objectors if starts else ():
        if (why_not := object_to_start(by)) is not None:
            raise Refused(why_not)
    for object_to in objectors:
        if (why_not := object_to(by, words, links)) is not None:
            raise Refused(why_not)
