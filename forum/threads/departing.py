"""Taking back everything that somebody wrote who leaves: placeholders stay where others' posts need them."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import delete, exists, select

from forum.accounts.models import User
from forum.core.database import db, locked, transaction
from forum.threads import counters, plugs, states
from forum.threads.models import Post, Revision, State, Thread

AT_ONCE = 50
NO_TITLE = "–"

# Asked with a post's id whether the text of a post that a moderator took out of sight is still needed as evidence; the
# room that says so takes it back later, by `take_back`.
keepers: list[Callable[[int], bool]] = []


def take_back_some(user_id: int, below: int | None = None) -> int | None:
    """Take back the person's latest posts (before the post `below`) and return where to go on, or None at the end.

    The latest first: a thread in which only its author wrote is empty when its opening goes, and goes with it. Each
    post is a transaction of its own, and one that was taken back already is left as it is.
    """
    query = select(Post.id).where(Post.author_id == user_id).order_by(Post.id.desc()).limit(AT_ONCE)
    ids = db.session.scalars(query if below is None else query.where(Post.id < below)).all()
    for post_id in ids:
        take_back(post_id)
    return ids[-1] if len(ids) == AT_ONCE else None


def take_back(post_id: int) -> None:
    """Delete the post as its author would, then its text and former texts, which a deletion by hand keeps.

    What a moderator hid or removed stays so, without its text; a keeper may ask for the text to stay a while.
    """
    thread_id = db.session.scalar(select(Post.thread_id).where(Post.id == post_id, Post.body != ""))
    if thread_id is None:
        return
    with transaction() as session:
        thread, post = locked(Thread, thread_id), locked(Post, post_id)
        author = session.get(User, post.author_id) if post else None
        if thread is None or post is None or author is None:
            return
        if post.state in (State.VISIBLE, State.HELD) or post.is_hidden_by_flags:
            states.delete(post, author)
        elif post.state != State.DELETED and any(keep(post.id) for keep in keepers):
            return
        post.body = post.html = post.plain = post.correction = ""
        post.sources = []
        post.form_token = None
        session.execute(delete(Revision).where(Revision.post_id == post.id))
        for forget in plugs.on_emptied:
            forget(post)
        if thread.author_id == author.id and states.is_opening(thread, post) and not _others_wrote_in(thread):
            thread.title = NO_TITLE
            counters.owe_index(thread.id)


def _others_wrote_in(thread: Thread) -> bool:
    others = exists().where(Post.thread_id == thread.id, Post.author_id != thread.author_id)
    return bool(db.session.scalar(select(others)))
