"""Keeping the index true: what is owed, and everything anew. Runs in the worker; doing it twice is harmless."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, case, update

from forum.core import jobs
from forum.core.database import db, transaction
from forum.core.jobs import job, sweeper
from forum.search.documents import document, everything, is_findable, owed
from forum.search.index import current_index
from forum.threads.models import Post
from search_index.interface import IndexUnavailable, Reason

log = logging.getLogger(__name__)
_LATER = "the search index can't be written now (%s); the sweep tries again"

NEVER = 0  # an indexed_version that no post has: it is owed
BATCH = 200  # posts a commit of the index: well under a second, so that other writers need not wait


def index_owed(limit: int = BATCH) -> int:
    """Bring at most `limit` owed posts into the index (or out of it) and return how many there were.

    A post that changed, or that another worker indexed meanwhile, stays owed. Raises
    IndexUnavailable when the index can't be written now.
    """
    posts = owed(limit)
    if not posts:
        return 0
    index = current_index()
    seen = [Seen(post.id, post.indexed_version, post.index_version) for post in posts]
    findable = [post for post in posts if is_findable(post)]
    hidden = [post.id for post in posts if not is_findable(post)]
    if findable:
        index.put(document(post) for post in findable)
    if hidden:
        index.drop(hidden)
    _settle(seen)
    return len(posts)


class Seen(NamedTuple):
    """A post as a worker read it: the version that the index had, and the one it is given."""

    post: int
    before: int
    now: int


def _settle(seen: Sequence[Seen]) -> None:
    """Write down what the index holds. Where another worker was there between, nobody knows whose text came last."""
    alone = Post.indexed_version == bindparam("before")
    statement = update(Post.__table__).where(Post.id == bindparam("post"))  # type: ignore[arg-type]
    statement = statement.values(indexed_version=case((alone, bindparam("now")), else_=NEVER))
    with transaction() as session:
        session.connection().execute(statement, [post._asdict() for post in seen])


def owe_posts_of(user_id: int) -> None:
    """Owe all posts of a person, who has another name; joins the caller's transaction. The worker goes by batches."""
    with transaction() as session:
        session.execute(
            update(Post).where(Post.author_id == user_id).values(index_version=Post.index_version + 1),
            execution_options={"synchronize_session": False},
        )


def rebuild(progress: Callable[[int], None] | None = None) -> int:
    """Build the index anew from the database and return how many posts it holds.

    What changes meanwhile is still owed and comes after. Raises IndexBusy when another is at it.
    """
    db.session.rollback()  # everything is read as it is now, not as this worker saw it before
    return current_index().rebuild(everything(), progress)


def forget_dropped() -> bool:
    """Bring in what is owed, then let no file of the index hold a word of a post that is not in it any more.

    Costs as much as writing anew the parts of the index from which something was dropped: a second for every thousand
    posts. False: the index can't be written now.
    """
    try:
        _rebuild_if_needed("")
        while index_owed():
            pass
        current_index().expunge()
    except IndexUnavailable as error:
        log.warning(_LATER, error)
        return False
    return True


@job
def index_posts() -> None:
    """Bring everything owed into the index; rebuild it first when it is gone or damaged."""
    try:
        while index_owed():
            pass
    except IndexUnavailable as error:
        if error.needs_rebuild:
            mend_index(_suspect(error))
        else:
            log.warning(_LATER, error)


@job
def mend_index(suspect: str = "") -> None:
    """Rebuild the index if it can't answer, or is still the build `suspect`; then bring in what is owed.

    Of several at once, in whatever process, one rebuilds and the others leave it at that.
    """
    try:
        _rebuild_if_needed(suspect)
        while index_owed():
            pass
    except IndexUnavailable as error:
        log.warning(_LATER, error)


def _rebuild_if_needed(suspect: str) -> None:
    index = current_index()
    try:
        index.check()
        if not suspect or index.build() != suspect:
            return
        reason = Reason.DAMAGED
    except IndexUnavailable as error:
        if not error.needs_rebuild:
            raise
        reason = error.reason
    log.warning("the search index is %s; it is being rebuilt", reason)
    db.session.rollback()
    if index.mend(everything(), suspect):
        log.warning("the search index has been rebuilt")


def ask_to_mend(error: IndexUnavailable) -> None:
    """Ask the worker to mend the index now, after `error` kept it from answering; where only waiting helps, don't."""
    if error.needs_rebuild:
        jobs.enqueue(mend_index, suspect=_suspect(error))


def _suspect(error: IndexUnavailable) -> str:
    """Name the build that failed, where a look at the index may not show what is wrong with it."""
    if error.reason is Reason.MISSING:
        return ""
    try:
        return current_index().build()
    except IndexUnavailable:
        return ""


@sweeper
def index_sweep() -> None:
    """Look after the index every minute."""
    mend_index()
