"""What only one reader has on pages that are kept for many: where they go on in a thread, what is unread in a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, exists, or_, select
from sqlalchemy.types import Integer

from forum.config import PAGE_SIZE, UNREAD_FOR
from forum.core.database import now
from forum.core.pagecache.marks import Values
from forum.core.paging import page_of
from forum.core.prepared import Prepared
from forum.threads.counters import POST_VISIBLE
from forum.threads.models import Post, State
from forum.trust.collecting import Memory
from forum.trust.models import ThreadRead

_READER, _THREAD = bindparam("reader", type_=Integer()), bindparam("thread", type_=Integer())


def _place() -> Select[Any]:
    """How far the reader has read the thread, and whether a post of theirs waits there for review."""
    read = select(ThreadRead.position).where(ThreadRead.user_id == _READER, ThreadRead.thread_id == _THREAD)
    mine = Post.thread_id == _THREAD, Post.author_id == _READER, Post.position.is_(None)
    waits = exists().where(*mine, or_(Post.state == State.HELD, Post.state == State.HIDDEN))
    place: Any = select(read.scalar_subquery(), waits)
    return place


def _next_post() -> Select[Any]:
    """The first visible post of the thread behind a position."""
    behind = Post.position > bindparam("position", type_=Integer())
    query: Any = select(Post.id, Post.position).where(Post.thread_id == _THREAD, POST_VISIBLE, behind)
    return query.order_by(Post.position).limit(1)


_place_of, _next_after = Prepared(_place), Prepared(_next_post)


@lru_cache(128)
def _places_in(number: int) -> Prepared:
    """How far the reader has read each of so many threads."""
    ids = [bindparam(f"thread{each}", type_=Integer()) for each in range(number)]
    query: Any = select(ThreadRead.thread_id, ThreadRead.position)
    return Prepared(lambda: query.where(ThreadRead.user_id == _READER, ThreadRead.thread_id.in_(ids)))


@dataclass
class ThreadFiller:
    """Fills in a page of a thread, as it stood when the page was made."""

    memory: Memory
    begin: Callable[[], None]  # lets what is noted be written down by and by
    thread_id: int
    address: str
    last_position: int
    last: int  # the last place on the page
    posts: Sequence[tuple[int, int, float]]  # place, author, and how many seconds the text takes to read
    for_many: bool
    _next: dict[int, tuple[int, int] | None] = field(default_factory=dict)
    _own: tuple[int, tuple[list[int], float]] | None = None

    def fill(self, ask: Any, reader: Any, values: Values) -> bool:
        """Add where the reader goes on; False for a reader whose own posts are held here."""
        position, has_held = ask(_place_of, {"reader": reader.id, "thread": self.thread_id})[0]
        if has_held and self.for_many:
            return False
        read = max(position or 0, self.memory.last(reader.id, self.thread_id))
        if 0 < read < self.last_position and (following := self._after(ask, read)) is not None:
            post_id, place = following
            page = page_of(place, PAGE_SIZE)
            query = f"?page={page}" if page > 1 else ""
            values |= {f"new-{post_id}": True, "new": True}
            values["new_url"] = f"{self.address}{query}#post-{post_id}".encode()
        return True

    def _after(self, ask: Any, read: int) -> tuple[int, int] | None:
        """Return id and place of the first visible post behind `read`; the same for all, as long as the page holds."""
        if read not in self._next:
            found = ask(_next_after, {"thread": self.thread_id, "position": read})
            self._next[read] = (found[0][0], found[0][1]) if found else None
        return self._next[read]

    def note_read(self, reader: Any) -> None:
        """Note what the page has shown; one's own posts are not reading."""
        if not self.last_position:
            return
        if reader.id not in self._authors:
            places, worth = self._whole
        elif self._own is not None and self._own[0] == reader.id:
            places, worth = self._own[1]
        else:  # a page of their own, which nobody else gets
            places, worth = self._without(reader.id)
            self._own = reader.id, (places, worth)
        self.memory.note(reader.id, self.thread_id, places, min(self.last, self.last_position), worth, now())
        self.begin()

    @cached_property
    def _authors(self) -> frozenset[int]:
        return frozenset(author for _, author, _ in self.posts)

    @cached_property
    def _whole(self) -> tuple[list[int], float]:
        """What is read by somebody who wrote none of it."""
        return self._without(0)

    def _without(self, author_id: int) -> tuple[list[int], float]:
        others = [post for post in self.posts if post[1] != author_id]
        return [place for place, _, _ in others if place], sum(seconds for _, _, seconds in others)


@dataclass(frozen=True)
class ListFiller:
    """Fills in a list of threads: id, last position, and when something was written last."""

    memory: Memory
    threads: Sequence[tuple[int, int, datetime]]

    def fill(self, ask: Any, reader: Any, values: Values) -> bool:
        """Add which of the threads have something new for the reader."""
        if not self.threads:
            return True
        ids = {f"thread{place}": thread[0] for place, thread in enumerate(self.threads)}
        read = dict(ask(_places_in(len(ids)), {"reader": reader.id, **ids}))
        since = max(reader.created_at, now() - UNREAD_FOR)
        for thread_id, last_position, moment in self.threads:
            noted, position = self.memory.last(reader.id, thread_id), read.get(thread_id)
            if position is None and not noted:
                is_new = bool(last_position) and moment > since
            else:
                is_new = last_position > max(position or 0, noted)
            if is_new:
                values |= {f"unread-{thread_id}": True, "any_unread": True}
        return True

    def note_read(self, reader: Any) -> None:
        """A list is no reading."""
