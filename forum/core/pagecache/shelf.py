"""Kept pages in the memory of one process: bounded, the least used goes first, and one thread makes a page for all."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple
from weakref import WeakValueDictionary

from forum.core.compression import TO_KEEP

MOST_OF_SHELF = 8  # a page that would take more than this part of the shelf isn't kept
WAIT_SECONDS = 5.0  # for another thread that makes the same page; then one makes it oneself
ROUGHLY = 600  # bytes of an entry beside its body


class Answer(NamedTuple):
    """A kept page as it goes over the wire in one encoding."""

    tag: str
    headers: list[tuple[str, str]]
    body: bytes


@dataclass
class Kept:
    """A finished page: its headers without those of an encoding, and its body as it was made."""

    version: int
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


class Shelf:
    """At most `most` bytes of pages, by key. Threads share it."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.size = 0
        self._pages: OrderedDict[Hashable, Kept] = OrderedDict()
        self._lock = threading.Lock()
        self._makers: WeakValueDictionary[Hashable, _Maker] = WeakValueDictionary()

    def find(self, key: Hashable, version: int) -> Kept | None:
        """Return the page under `key` if it was made at `version` and still holds."""
        with self._lock:
            kept = self._pages.get(key)
            if kept is None:
                return None
            if kept.version != version or kept.until <= time.monotonic():
                return None
            self._pages.move_to_end(key)
            return kept

    def put(self, key: Hashable, kept: Kept) -> None:
        """Keep the page in the place of the one that was there, and let the least used ones go."""
        with self._lock:
            self._drop(key)
            if kept.size * MOST_OF_SHELF > self.most:
                return
            self._pages[key] = kept
            self.size += kept.size
            while self.size > self.most:
                self._drop(next(iter(self._pages)))

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._pages.clear()
            self.size = 0

    @contextmanager
    def alone(self, key: Hashable) -> Iterator[None]:
        """Hold back other threads that want to make the same page, for a while."""
        with self._lock:
            maker = self._makers.get(key)
            if maker is None:
                maker = self._makers[key] = _Maker()
        is_mine = maker.lock.acquire(timeout=WAIT_SECONDS)
        try:
            yield
        finally:
            if is_mine:
                maker.lock.release()

    def _drop(self, key: Hashable) -> None:
        gone = self._pages.pop(key, None)
        if gone is not None:
            self.size -= gone.size


class _Maker:
    """A lock that a weak dictionary can hold."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
