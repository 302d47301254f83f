"""A page in pieces as it lies on the shelf, and who asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from wsgiref.types import StartResponse, WSGIEnvironment

from forum.core.compression import AT_ONCE, choose
from forum.core.pagecache.layouts import LAYOUTS
from forum.core.pagecache.marks import Filler, Skeleton, Values
from forum.core.pagecache.scopes import Version
from forum.core.pagecache.shelf import ROUGHLY, Key
from forum.core.prepared import Prepared

Ask = Callable[[Prepared, dict[str, Any]], list[Any]]
_new = tuple.__new__  # makes a Key in a third of the time that its own way takes
NOBODY: frozenset[int] = frozenset({0})  # whom a page that is made for one reader was told apart from


class Reader(Protocol):
    """Somebody who is signed in, as the room of accounts knows them."""

    id: int
    kind: str  # all that a page for many hangs on: language, zone, what they may
    is_plain: bool  # they get the pages that are made for many
    stand_in: Any  # who stands for all readers of this kind while a page is made; knows whom it was told apart from
    values: Values  # of the slots that every page has

    def language(self, wished: str) -> str:
        """Return the language of their pages, where the switch says nothing and the browser has a wish."""

    def speaks(self, language: str) -> None:
        """Take the language that the switch says."""

    def note_seen(self) -> None:
        """Note that their session was used now."""


# Returns who came with this token, or None: a stranger, or somebody whose pages are never kept. Accounts fills it.
Recognise = Callable[[Ask, str], Reader | None]


@dataclass
class KeptPage:
    """A page in pieces."""

    version: Version
    until: float  # on the monotonic clock
    holds: tuple[datetime, datetime]  # the same by the forum's own clock, which tests move
    headers: list[tuple[str, str]]
    skeleton: Skeleton
    fillers: tuple[Filler, ...]
    met: frozenset[int]  # people for whom this page, made for many, may look otherwise

    @property
    def size(self) -> int:
        """Roughly how many bytes of memory it takes, with what will be laid out and compressed."""
        return ROUGHLY + self.skeleton.size + LAYOUTS * (self.skeleton.size // 3) + 32 * len(self.met)

    def values(self, reader: Reader, ask: Ask, known: Values) -> Values | None:
        """Return what stands in the page's slots for `reader`, or None if it isn't theirs; some values are known."""
        values = {**known, **reader.values}
        if not all(filler.fill(ask, reader, values) for filler in self.fillers):
            return None
        return values

    def body(self, values: Values, accepted: str) -> tuple[str, bytes]:
        """Return the page with these values, and in which encoding of those accepted (as in compression.choose)."""
        layout = self.skeleton.layout(values)
        body = layout.fill(values)
        if choose(accepted, ("gzip",)) == "gzip" and (gzipped := layout.gzipped(values, body)) is not None:
            return "gzip", gzipped
        encoding = choose(accepted)
        return encoding, body if encoding == "identity" else AT_ONCE[encoding](body)


@dataclass
class Asked:
    """One request of somebody who is signed in."""

    environ: WSGIEnvironment
    start_response: StartResponse
    key: Key  # in the language that the switch or the browser wishes
    version: Version
    values: dict[str, bytes]  # the form token
    cookie: str  # a header Set-Cookie, or ""
    reader: Any = None

    def key_for(self, *, alone: bool) -> Key:
        """Return what the page is kept by, for this reader alone or for all of their kind."""
        who = f"#{self.reader.id} {self.reader.kind}" if alone else self.reader.kind
        return _new(Key, (*self.key[:-1], who))
