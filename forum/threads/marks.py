"""The plug for what somebody has read: forum.trust fills it; until then nothing is unread and nothing is noted."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from forum.accounts.models import Person
from forum.core.pagecache import marks
from forum.core.pagecache.marks import Filler
from forum.threads.models import Post, Thread


@dataclass(frozen=True)
class FirstUnread:
    """The first visible post behind what somebody has read of a thread."""

    post_id: int
    position: int


class Reader(Protocol):
    """What the room above knows of reading."""

    def unread(self, viewer: Person, threads: Collection[Thread]) -> set[int]:
        """Return the ids of those of `threads` that have something new for the viewer, in one statement."""
        ...

    def first_unread(self, viewer: Person, thread: Thread) -> FirstUnread | None:
        """Return where the viewer goes on in a thread they opened before; None when there is nothing new, or all."""
        ...

    def note(self, viewer: Person, thread: Thread, posts: Sequence[Post], last: int) -> None:
        """Note that a page showed the viewer the texts of `posts`, and the thread's places up to `last`; no writing."""
        ...

    def of_thread(self, viewer: Person, thread: Thread, posts: Sequence[Post], last: int) -> Filler | None:
        """Return what does both for a page of the thread that is kept, for each reader."""
        ...

    def of_lists(self, threads: Collection[Thread]) -> Filler | None:
        """Return what says the same as `unread` for a page that is kept, for each reader."""
        ...


class NobodyReads:
    """Stands in the plug while no room keeps account."""

    def unread(self, viewer: Person, threads: Collection[Thread]) -> set[int]:
        """Return nothing."""
        return set()

    def first_unread(self, viewer: Person, thread: Thread) -> FirstUnread | None:
        """Return None."""
        return None

    def note(self, viewer: Person, thread: Thread, posts: Sequence[Post], last: int) -> None:
        """Forget it."""

    def of_thread(self, viewer: Person, thread: Thread, posts: Sequence[Post], last: int) -> Filler | None:
        """Return None."""
        return None

    def of_lists(self, threads: Collection[Thread]) -> Filler | None:
        """Return None."""
        return None


@dataclass
class Plug:
    """Holds the one reader that all pages ask."""

    reader: Reader


plug = Plug(NobodyReads())


def mark_unread(viewer: Person, threads: Collection[Thread]) -> None:
    """Let the page say which of these threads have something new: for the viewer, or for each reader of a kept page."""
    slots = marks.slots()
    if isinstance(slots, marks.Marks):
        slots.fill_with(plug.reader.of_lists(threads))
        return
    for thread_id in plug.reader.unread(viewer, threads):
        slots.say(f"unread-{thread_id}")
        slots.say("any_unread")
