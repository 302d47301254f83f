"""The counters that pages read instead of counting rows; kept here, in the transaction that changes a post's state.

What they count, exactly (`recount.py` counts the same again):
thread.reply_count          visible posts but the opening
thread.expert_answer_count  visible posts that carry a credential, the opening included
thread.is_answered          the chosen answer is visible
thread.last_position        the highest position ever given
thread.last_post_at         when the visible post with the highest position was published (else the thread's beginning)
subtheme.thread_count       visible threads
subtheme.post_count         visible posts of visible threads, openings included
user.published_count        visible posts of the person, in any thread
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Update, bindparam, func, literal_column, select, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from forum.accounts.models import User
from forum.core.database import db
from forum.core.prepared import Prepared
from forum.subthemes.models import SubTheme
from forum.threads import putting
from forum.threads.models import ChosenAnswer, Post, State, Thread

POST_VISIBLE = Post.state == literal_column("'visible'")


def _adding(model: Any, *counters: str) -> Prepared:
    """Return the statement that adds to these counters of a row."""
    columns = model.__table__.c
    added = {name: columns[name] + bindparam(name) for name in counters}
    return Prepared(lambda: update(model.__table__).where(columns.id == bindparam("row")).values(added))


_ADDED: dict[type[Any], Prepared] = {
    User: _adding(User, "published_count"),
    SubTheme: _adding(SubTheme, "thread_count", "post_count"),
}
_OF_A_THREAD = ("last_position", "last_post_at", "last_author_id", "reply_count", "expert_answer_count")


def _keeping() -> Update:
    """Return the statement that writes these columns of a thread."""
    table: Any = Thread.__table__
    return update(table).where(table.c.id == bindparam("row")).values({name: bindparam(name) for name in _OF_A_THREAD})


_KEPT = Prepared(_keeping)


@dataclass(frozen=True)
class Share:
    """What one thread contributes to the counters of its sub-theme."""

    threads: int
    posts: int


def share(thread: Thread, opening_visible: bool) -> Share:
    """Return what the thread contributes. Of a difference that leaves the opening as it was, either answer will do."""
    if thread.state != State.VISIBLE:
        return Share(0, 0)
    return Share(1, thread.reply_count + opening_visible)


def count_post(thread: Thread, post: Post, *, opening: bool, step: int, is_new: bool = False) -> None:
    """Count a post that appeared (`step` 1) or vanished (-1) for its thread and its author.

    One that `is_new`, at its place at the thread's end, is its latest activity.
    """
    facts: dict[str, Any] = {"reply_count": thread.reply_count + (0 if opening else step)}
    facts["expert_answer_count"] = thread.expert_answer_count + (step if post.credential_id else 0)
    if is_new:
        facts |= {"last_position": post.position, "last_post_at": post.published_at, "last_author_id": post.author_id}
    if thread.id is None:  # written together with its opening
        for name, value in facts.items():
            setattr(thread, name, value)
    if post.id is None:
        putting.put(post)
    else:
        db.session.flush()  # counters after what may be refused
    _keep(thread, facts)
    _add(User, post.author_id, published_count=step)


def shift(subtheme_id: int, before: Share, after: Share) -> None:
    """Add the difference of two shares to the sub-theme."""
    if before == after:
        return
    _add(SubTheme, subtheme_id, thread_count=after.threads - before.threads, post_count=after.posts - before.posts)


def _keep(thread: Thread, facts: dict[str, Any]) -> None:
    """Write these columns of the thread, which is locked, and put them into the object that this session has.

    In one plain statement: finding out what has changed in the object would take ten times as long.
    """
    if all(getattr(thread, name) == value for name, value in facts.items()):
        return
    for name, value in facts.items():
        set_committed_value(thread, name, value)
    _KEPT.within({"row": thread.id, **{name: getattr(thread, name) for name in _OF_A_THREAD}})


def _add(model: type[User] | type[SubTheme], row_id: int, **steps: int) -> None:
    """Add to counters of a row that others may be counting in too, and to those of the object that this session has."""
    _ADDED[model].within({"row": row_id, **steps})
    row = db.session.identity_map.get(identity_key(model, row_id))
    for name, step in steps.items():
        if row is not None and name in row.__dict__:
            set_committed_value(row, name, getattr(row, name) + step)


def refresh_answered(thread: Thread) -> None:
    """Note whether *the* answer to a question is there for everybody; asks the database for questions only."""
    if thread.is_question or thread.is_answered:
        chosen = select(ChosenAnswer.post_id).join(Post, Post.id == ChosenAnswer.post_id)
        chosen = chosen.where(ChosenAnswer.thread_id == thread.id, POST_VISIBLE)
        thread.is_answered = db.session.scalar(chosen) is not None


def refresh_activity(thread: Thread) -> None:
    """Set the thread's latest activity anew from its last visible post; one step along an index."""
    last = db.session.execute(
        select(func.coalesce(Post.published_at, Post.created_at, type_=Post.created_at.type), Post.author_id)
        .where(Post.thread_id == thread.id, Post.position.is_not(None), POST_VISIBLE)
        .order_by(Post.position.desc())
        .limit(1)
    ).first()
    thread.last_post_at, thread.last_author_id = last or (thread.created_at, thread.author_id)


def owe_index(thread_id: int) -> None:
    """Let every post of the thread be indexed anew: title, sub-theme or visibility changed for all of them."""
    db.session.execute(update(Post).where(Post.thread_id == thread_id).values(index_version=Post.index_version + 1))
