"""Kept pages in the memory of one process: bounded, of one version each scope, and one thread makes a page for all."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol
from weakref import WeakValueDictionary

from forum.core.compression import TO_KEEP
from forum.core.pagecache.scopes import Version

MOST_OF_SHELF = 8  # a page that would take more than this part of the shelf isn't kept
WAIT_SECONDS = 5.0  # for another thread that makes the same page; then one makes it oneself
ROUGHLY = 4_000  # bytes of an entry beside its body and the words of its key, measured: mostly objects of headers
TIDIED_SECONDS = 30.0  # how often, at the next request, what is too old is let go


class Key(NamedTuple):
    """All that a page hangs on beside the database; `who` is "" for visitors."""

    scheme: str
    host: str
    path: str
    query: str
    language: str
    theme: str
    who: str = ""


class Answer(NamedTuple):
    """A kept page as it goes over the wire in one encoding."""

    tag: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Kept:
    """A finished page: its headers without those of an encoding, and its body as it was made."""

    version: Version
    until: float  # on the monotonic clock
    headers: list[tuple[str, str]]
    body: bytes
    _answers: dict[str, Answer] = field(default_factory=dict)

    def answer(self, encoding: str) -> Answer:
        """Return it in an encoding of TO_KEEP or as "identity"; compressed once, at the first wish."""
        found = self._answers.get(encoding)
        if found is None:
            found = self._answers[encoding] = self._made(encoding)
        return found

    def _made(self, encoding: str) -> Answer:
        tag = f'"{hashlib.sha256(self.body).hexdigest()[:20]}-{encoding}"'
        body, headers = self.body, [*self.headers, ("ETag", tag)]
        if encoding in TO_KEEP:
            body = TO_KEEP[encoding](body)
            headers.append(("Content-Encoding", encoding))
        return Answer(tag, [*headers, ("Content-Length", str(len(body)))], body)

    @property
    def size(self) -> int:
        """Roughly how many bytes of memory it takes, with both compressed copies to come."""
        return ROUGHLY + len(self.body) + len(self.body) // 2


class OnShelf(Protocol):
    """What a shelf holds: a page of one version, until a moment on the monotonic clock."""

    version: Version
    until: float

    @property
    def size(self) -> int:
        """Roughly how many bytes of memory it takes."""


class Shelf:
    """At most `most` bytes of pages, by key. Threads share it.

    All pages of a scope are of the version that was asked for last: what is of another one shows something that is
    gone, such as words that were purged, and is thrown away as soon as anybody finds out; with the pages of every scope
    where it may stand on any of them.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self.found = self.missed = 0  # how often a page was here, and how often it had to be made
        self._versions: dict[int, Version] = {}  # by scope; what was asked for last
        self._whole: int | None = None  # what they have in common
        self._pages: OrderedDict[Key, Any] = OrderedDict()
        self._keys: defaultdict[int, set[Key]] = defaultdict(set)  # of the pages of each scope
        self._lock = threading.Lock()
        self._makers: WeakValueDictionary[Key, _Maker] = WeakValueDictionary()
        self.tidy_at = time.monotonic() + TIDIED_SECONDS  # when `tidy` has something to do

    def holds(self, key: Key) -> bool:
        """Whether there is a page under `key`, of whatever time."""
        return key in self._pages

    def scope(self, key: Key) -> int | None:
        """Return the scope of the page under `key`, None where there is none."""
        try:
            scope: int = self._pages[key].version[0]
        except KeyError:
            return None
        return scope

    def find(self, key: Key, version: Version) -> Any | None:
        """Return the page under `key` if it was made at `version` and still holds."""
        with self._lock:
            if self._versions.get(version[0]) is not version:
                self._turn_to(version)
            kept = self._pages.get(key)
            if kept is None:
                return None
            if kept.until <= time.monotonic():
                self._drop(key)
                return None
            self._pages.move_to_end(key)
            self.found += 1
            return kept

    def put(self, key: Key, kept: OnShelf) -> None:
        """Keep the page in the place of the one that was there, and let the least used ones go.

        A page that was made at another version than the one that was asked for last is not kept.
        """
        with self._lock:
            self._drop(key)
            scope = kept.version.scope
            if kept.version != self._versions.get(scope) or kept.size * MOST_OF_SHELF > self.most:
                return
            self._pages[key] = kept
            self._keys[scope].add(key)
            self.size += _size(key, kept)
            while self.size > self.most:
                self._drop(next(iter(self._pages)))

    def tidy(self) -> None:
        """Let go what holds no more; to be called at each request, so that it goes even if nobody asks for it."""
        present = time.monotonic()
        if present < self.tidy_at:
            return
        with self._lock:
            self.tidy_at = present + TIDIED_SECONDS
            for key in [key for key, kept in self._pages.items() if kept.until <= present]:
                self._drop(key)

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._clear()

    @contextmanager
    def alone(self, key: Key) -> Iterator[Callable[[], None]]:
        """Hold back other threads that want to make the same page, for a while.

        What it gives is to be called when the page will not be kept: then nobody who waits has to wait in turn.
        """
        with self._lock:
            maker = self._makers.get(key)
            if maker is None:
                maker = self._makers[key] = _Maker()
        is_mine = not maker.in_vain and maker.turn.acquire(timeout=WAIT_SECONDS)
        if is_mine and maker.in_vain:
            maker.turn.release()
            is_mine = False
        try:
            yield maker.give_up
        except BaseException:
            maker.give_up()
            raise
        finally:
            if is_mine:
                maker.turn.release()

    def count_missed(self) -> None:
        """Count a page that has to be made."""
        with self._lock:
            self.missed += 1

    def _turn_to(self, version: Version) -> None:
        """Let go of what is of another version than this, which is the present one of its scope."""
        former = self._versions.get(version.scope)
        if version.whole != self._whole:
            self._clear()
            self._versions.clear()
            self._whole = version.whole
        elif former != version:
            for key in list(self._keys[version.scope]):
                self._drop(key)
        self._versions[version.scope] = version

    def _clear(self) -> None:
        self._pages.clear()
        self._keys.clear()
        self.size = 0

    def _drop(self, key: Key) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self.size -= _size(key, gone)
            self._keys[gone.version.scope].discard(key)


def _size(key: Key, kept: OnShelf) -> int:
    return kept.size + sum(map(len, key))


class _Maker:
    """Those who want to make one page at this moment; it goes when the last of them has gone."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self.in_vain = False  # what is made can't be kept: an error, or a page for this moment

    def give_up(self) -> None:
        """Let all who wait make it for themselves."""
        self.in_vain = True
