"""The plug for names and words about oneself: moderation fills it; what it objects to is refused beside the field."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from forum.accounts.models import User
from forum.accounts.refusals import BadField

# Called with the person (None before there is an account), the words and the addresses; says why not, or None.
objectors: list[Callable[[User | None, Sequence[str], Sequence[str]], Any | None]] = []


def check(field: str, person: User | None, words: Iterable[str], links: Iterable[str] = ()) -> None:
    """Raise `BadField` for `field` when somebody objects to the words or links; never within a transaction."""
    said, addresses = [each for each in words if each], list(links)
    if not said and not addresses:
        return
    for object_to in objectors:
        if (why_not := object_to(person, said, addresses)) is not None:
            raise BadField(field, why_not)
