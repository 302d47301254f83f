"""Telling of a corrected answer: who asked, once for each correction; who follows, once until they have looked."""

from __future__ import annotations

from collections.abc import Callable, Collection

from sqlalchemy import select

from forum.accounts import ties
from forum.answers import queries
from forum.core.database import db, locked, now, transaction
from forum.core.jobs import each_or_log, job, sweeper
from forum.notifications.actions import Notice, tell_all
from forum.notifications.owing import watchers
from forum.threads.models import Post, State, Thread

SWEEP_SIZE = 200


# Who asked for an answer besides the thread's author and whoever wrote the post that it replies to: rooms above add
# theirs.
askers: list[Callable[[Post], Collection[int]]] = []


@job
def tell_of_correction(post_id: int) -> None:
    """Tell everybody whom the correction of an answer concerns, once. Safe to run twice and by two workers at once.

    An answer that is out of sight owes it until it is back.
    """
    thread_id = db.session.scalar(select(Post.thread_id).where(Post.id == post_id))
    if thread_id is None:
        return
    with transaction():
        thread, post = locked(Thread, thread_id), locked(Post, post_id)
        if thread is None or post is None or post.corrected_at is None or post.correction_told_at:
            return
        if thread.state != State.VISIBLE or not post.is_visible:
            return
        tell_all(
            Notice(user_id, "correction", f"correction:{post.id}:{post.revision}", post.author_id, post.id)
            for user_id in sorted(_concerned(thread, post))
        )
        post.correction_told_at = now()


def _concerned(thread: Thread, post: Post) -> set[int]:
    muted, watching = watchers(thread.id)
    asked = {thread.author_id, *queries.author_of(post.parent_id), *(one for ask in askers for one in ask(post))}
    followers = set(watching) - queries.with_unread_correction(thread.id, watching)
    concerned = ((asked - set(muted)) | followers) - {post.author_id}
    return concerned - ties.deaf_to(post.author_id, concerned)


@sweeper
def corrections_owed() -> None:
    """Tell of every correction whose notices are owed: what a crash left behind."""
    last = 0
    while ids := queries.corrections_owing(last, SWEEP_SIZE):
        each_or_log(tell_of_correction, ids)
        last = ids[-1]
