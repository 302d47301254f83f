"""Keeping the index true: what is owed, and everything anew. Runs in the worker; doing it twice is harmless."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import bindparam, case, update

from forum.core.database import db, transaction
from forum.core.jobs import job, sweeper
from forum.search.documents import document, everything, is_findable, owed
from forum.search.index import current_index
from forum.threads.models import Post
from search_index.interface import IndexUnavailable

log = logging.getLogger(__name__)

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


def rebuild(progress: Callable[[int], None] | None = None) -> int:
    """Build the index anew from the database and return how many posts it holds.

    What changes meanwhile is still owed and comes after.
    """
    db.session.rollback()  # everything is read as it is now, not as this worker saw it before
    return current_index().rebuild(everything(), progress)


def differences() -> tuple[set[int], set[int]]:
    """Return the ids of posts that the index lacks, and of those that it should not hold."""
    expected = {found.id for found in everything()}
    held = current_index().ids()
    return expected - held, held - expected


@job
def index_posts() -> None:
    """Bring everything owed into the index; rebuild it first when it is gone or damaged."""
    try:
        if current_index().ensure():
            log.warning("the search index was missing; it is being rebuilt")
            rebuild()
        while index_owed():
            pass
    except IndexUnavailable as error:
        if not error.needs_rebuild:
            log.warning("the search index can't be written now (%s); the sweep tries again", error)
            return
        log.warning("the search index is %s; it is being rebuilt", error.reason)
        rebuild()


@sweeper
def index_sweep() -> None:
    """Look after the index every minute."""
    try:
        current_index().check()
    except IndexUnavailable as error:
        if error.needs_rebuild:
            log.warning("the search index is %s; it is being rebuilt", error.reason)
            rebuild()
    index_posts()
