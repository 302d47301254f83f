"""The reader in the plug of forum.threads.marks: what is unread by rows and memory together, and what a page showed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from flask import current_app

from forum.config import UNREAD_FOR
from forum.core.database import now
from forum.threads.addresses import thread_url
from forum.threads.marks import FirstUnread
from forum.threads.models import Post, Thread
from forum.trust import queries
from forum.trust.collecting import Memory
from forum.trust.filling import ListFiller, ThreadFiller
from forum.trust.flushing import Flusher

# What a text takes to read, by the length of its HTML: some 250 English words or 500 Chinese characters a minute, with
# room for the tags. An estimate is enough: no more counts than the time that passed until the next page was opened.
CHARACTERS_A_SECOND = 25.0
SECONDS_LEAST, SECONDS_MOST = 2.0, 120.0  # for one post


class MarkedReader:
    """Answers from `thread_reads` and from what this process has not written yet."""

    def unread(self, viewer: Any, threads: Collection[Thread]) -> set[int]:
        """Return what is new: behind what was read, or never opened and active since the person came, 14 days back."""
        if not viewer.is_authenticated or not threads:
            return set()
        read = queries.positions_read(viewer.id, {thread.id for thread in threads})
        since = max(viewer.created_at, now() - UNREAD_FOR)
        return {thread.id for thread in threads if self._is_unread(viewer, thread, read.get(thread.id), since)}

    @staticmethod
    def _is_unread(viewer: Any, thread: Thread, position: int | None, since: datetime) -> bool:
        noted = memory().last(viewer.id, thread.id)
        if position is None and not noted:
            return bool(thread.last_position and thread.last_post_at > since)
        return thread.last_position > max(position or 0, noted)

    def first_unread(self, viewer: Any, thread: Thread) -> FirstUnread | None:
        """Return where the viewer goes on; None in a thread that is new to them as a whole."""
        if not viewer.is_authenticated:
            return None
        return queries.first_unread(viewer.id, thread.id, memory().last(viewer.id, thread.id))

    def note(self, viewer: Any, thread: Thread, posts: Sequence[Post], last: int) -> None:
        """Keep in memory what a page showed; one's own posts are not reading."""
        if not viewer.is_authenticated or not thread.last_position:
            return
        others = [post for post in posts if post.position and post.author_id != viewer.id]
        places = [post.position for post in others if post.position]
        memory().note(viewer.id, thread.id, places, min(last, thread.last_position), sum(map(_seconds, others)), now())
        _begin(current_app.extensions["reading_flusher"])

    def of_thread(self, viewer: Any, thread: Thread, posts: Sequence[Post], last: int) -> ThreadFiller:
        """Return what says where each reader goes on, and notes what the page showed them."""
        read = [(post.position, post.author_id, _seconds(post)) for post in posts if post.position]
        begin = partial(_begin, current_app.extensions["reading_flusher"])
        place = thread.id, thread_url(thread), thread.last_position, last
        return ThreadFiller(memory(), begin, *place, read, viewer.is_many)

    def of_lists(self, threads: Collection[Thread]) -> ListFiller:
        """Return what says what is new for each reader."""
        found = {thread.id: (thread.id, thread.last_position, thread.last_post_at) for thread in threads}
        return ListFiller(memory(), list(found.values()))


def _seconds(post: Post) -> float:
    """Return what the text takes to read."""
    return min(max(len(post.html) / CHARACTERS_A_SECOND, SECONDS_LEAST), SECONDS_MOST)


def _begin(flusher: Flusher | None) -> None:
    if flusher:
        flusher.start()


def memory() -> Memory:
    """Return what this process has noted for the present application."""
    found: Memory = current_app.extensions["reading"]
    return found
