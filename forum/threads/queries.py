"""Threads and posts through a viewer's eyes: what they may not see is None, and the views answer 404."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import defer, joinedload, undefer
from sqlalchemy.orm.attributes import set_committed_value

from forum.accounts.models import Person, User
from forum.core.database import db
from forum.core.paging import LARGEST_ID, Page, Positions
from forum.threads import policy
from forum.threads.counters import POST_VISIBLE
from forum.threads.models import Post, State, Thread

UNPUBLISHED_LIMIT = 50  # own posts under review (all, for a moderator) that a thread's last page shows at its end
LINKED_ANSWERS = 10  # experts' answers that a thread's head links to


def visible_thread(thread_id: int, viewer: Person) -> Thread | None:
    """Return the thread with its sub-theme and author, or None when it does not exist for the viewer."""
    if not 0 < thread_id <= LARGEST_ID:
        return None
    thread = db.session.scalar(_thread_as_seen(), {"id": thread_id})
    return thread if thread and policy.sees_thread(viewer, thread) else None


@cache
def _thread_as_seen() -> Select[Thread]:
    joined = joinedload(Thread.subtheme), _person(Thread.author), joinedload(Thread.chosen)
    return select(Thread).where(Thread.id == bindparam("id")).options(*joined)


def bare_thread(thread_id: int, viewer: Person) -> Thread | None:
    """Return the thread without what a page shows of it, or None when it does not exist for the viewer."""
    thread = db.session.get(Thread, thread_id) if 0 < thread_id <= LARGEST_ID else None
    return thread if thread and policy.sees_thread(viewer, thread) else None


def visible_post(post_id: int, viewer: Person) -> Post | None:
    """Return the post with its thread, sub-theme, author and credential, or None when the viewer may not read it."""
    if not 0 < post_id <= LARGEST_ID:
        return None
    query = select(Post).where(Post.id == post_id).options(*_with_author(), _with_place())
    post = db.session.scalar(query)
    return post if post and policy.sees_post(viewer, post) else None


def placed_post(post_id: int, viewer: Person) -> Post | None:
    """Return the post if the viewer sees at least its place: the text, or the quiet line that stands for it."""
    if not 0 < post_id <= LARGEST_ID:
        return None
    post = db.session.scalar(select(Post).where(Post.id == post_id).options(_with_place()))
    if post is None or not policy.sees_thread(viewer, post.thread):
        return None
    return post if post.position is not None or policy.sees_post(viewer, post) else None


def posts_page(thread: Thread, viewer: Person, place: Positions, experts_only: bool = False) -> Sequence[Post]:
    """Return the posts at the page's positions, in order, in one statement; what is not public keeps its place.

    With `experts_only`, the visible ones of them that carry a credential. Who sees which text says policy.sees_post.
    """
    query = _posts(thread).where(Post.position.between(place.first, place.last))
    if experts_only:
        query = query.where(Post.credential_id.is_not(None), POST_VISIBLE)
    return _in_thread(thread, db.session.scalars(query.order_by(Post.position)).all())


def experts_page(thread: Thread, after: int, size: int) -> Page[Post]:
    """Return `size` visible answers by experts behind position `after`; the cursor is the last one's position."""
    query = _posts(thread).where(Post.credential_id.is_not(None), POST_VISIBLE, Post.position > after)
    found = db.session.scalars(query.order_by(Post.position).limit(size + 1)).all()
    return Page(found[:size], str(found[size - 1].position) if len(found) > size else "")


def unpublished_posts(thread: Thread, viewer: Person) -> Sequence[Post]:
    """Return the thread's posts without a place that the viewer reads: own ones under review, all for a moderator."""
    moderates = policy.moderates(viewer, thread.subtheme_id)
    if not viewer.is_authenticated or (viewer.is_many and not moderates):
        return []
    query = _posts(thread).where(Post.position.is_(None), Post.state != State.DELETED)
    if not moderates:
        query = query.where(Post.author_id == viewer.id, or_(Post.state == State.HELD, Post.state == State.HIDDEN))
    return db.session.scalars(query.order_by(Post.id).limit(UNPUBLISHED_LIMIT)).all()


def expert_answers(thread: Thread) -> Sequence[Post]:
    """Return the thread's first ten visible answers by experts with author and credential; no query without any."""
    if not thread.expert_answer_count:
        return []
    query = _posts(thread).where(Post.credential_id.is_not(None), POST_VISIBLE, Post.position.is_not(None))
    return db.session.scalars(query.options(defer(Post.html)).order_by(Post.position).limit(LINKED_ANSWERS)).all()


def chosen_answer(thread: Thread) -> Post | None:
    """Return *the* answer to the question with author and credential, while everybody sees it; no query without any."""
    if not (thread.is_question and thread.is_answered and thread.chosen):
        return None
    chosen = _posts(thread).where(Post.id == thread.chosen.post_id, POST_VISIBLE)
    return db.session.scalar(chosen.options(undefer(Post.plain)))


def context_around(post: Post, before: int = 2, after: int = 2) -> Sequence[Post]:
    """Return the post with its neighbours in the thread, in order; an unpublished one stands after the last ones."""
    position = post.position or post.thread.last_position + 1
    earlier = _posts(post.thread).where(Post.position < position).order_by(Post.position.desc()).limit(before)
    later = _posts(post.thread).where(Post.position > position).order_by(Post.position).limit(after)
    return [*reversed(db.session.scalars(earlier).all()), post, *db.session.scalars(later).all()]


def _posts(thread: Thread) -> Select[Post]:
    """Posts as a page shows them: without the source, with author and credential."""
    return select(Post).where(Post.thread_id == thread.id).options(defer(Post.body), *_with_author())


def _in_thread(thread: Thread, posts: Sequence[Post]) -> Sequence[Post]:
    """Tell the posts which thread they are in: else each looks for it."""
    for post in posts:
        set_committed_value(post, "thread", thread)
    return posts


@cache
def _with_author() -> tuple[Any, ...]:
    return _person(Post.author), joinedload(Post.credential)


@cache
def _with_place() -> Any:
    return joinedload(Post.thread).options(joinedload(Thread.subtheme))


def _person(relationship: Any) -> Any:
    """Join somebody's row without what only their own page and mails need."""
    return joinedload(relationship).options(*map(defer, _THEIR_OWN))


_THEIR_OWN: tuple[Any, ...] = (
    User.bio, User.bio_html, User.links, User.mails_off, User.mails_on, User.application
)  # fmt: skip
