"""Lists of threads and posts: latest activity, pinned, waiting for experts, one's own held ones, a person's posts.

Every list pages by key and is served by an index; the conditions of partial indexes are written as literals, since
SQLite can't match a bound parameter with them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, literal_column, or_, select, tuple_
from sqlalchemy.orm import aliased, contains_eager, defer, joinedload

from forum.accounts import ties
from forum.accounts.models import Person, User
from forum.accounts.reading import apart
from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.core.paging import Page, after_cursor, cursor
from forum.core.plugs import fill
from forum.subthemes.models import SubTheme
from forum.threads.counters import POST_VISIBLE
from forum.threads.models import Post, Thread

PINNED_LIMIT = 50  # a sub-theme's pinned threads; moderators pin few
HELD_LIMIT = 20
EXCERPT = 400  # characters of a post that a list shows, cut by the page to its lines

THREAD_VISIBLE = Thread.state == literal_column("'visible'")
# Of a few threads that an index of their own has already. A plain comparison would tempt SQLite, which keeps no figures
# about its tables here, to read all visible threads and to sort them.
_FEW_VISIBLE = func.coalesce(Thread.state, literal_column("''")) == literal_column("'visible'")
_PINNED = Thread.pinned_at.is_not(None)
_TAKES_EXPERTS = or_(_PINNED, Thread.asked_at.is_not(None))
_OF_NO_ROOM = Thread.led_by == literal_column("''")  # a room that leads a thread says itself what waits there


def latest(
    before: str = "", subtheme_id: int | None = None, size: int = PAGE_SIZE, viewer: Person | None = None
) -> Page[Thread]:
    """Return threads by latest activity behind the cursor `before`; of one sub-theme without its pinned ones.

    Threads that somebody began whom the viewer blocks are left out, but for moderators, who have to see them. Those
    of the muted stay, folded up inside.
    """
    query = _threads().where(THREAD_VISIBLE)
    if viewer is not None and viewer.is_authenticated and not (viewer.is_moderator or viewer.is_many):
        query = query.where(~ties.blocks(viewer.id, Thread.author_id))
    if subtheme_id is not None:
        query = query.where(Thread.subtheme_id == subtheme_id, Thread.pinned_at.is_(None))
    if place := after_cursor(before):
        moment, thread_id = literal(place[0], Thread.last_post_at.type), literal(min(place[1], 2**31 - 1))
        query = query.where(tuple_(Thread.last_post_at, Thread.id) < tuple_(moment, thread_id))
    query = query.order_by(Thread.last_post_at.desc(), Thread.id.desc())
    found = db.session.scalars(query.limit(size + 1)).all()
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], cursor(last.last_post_at, last.id) if last else "")


def pinned_of(subtheme_id: int) -> Sequence[Thread]:
    """Return the sub-theme's pinned threads, the one pinned last first."""
    query = _threads().where(Thread.subtheme_id == subtheme_id, _PINNED, _FEW_VISIBLE)
    return db.session.scalars(query.order_by(Thread.pinned_at.desc(), Thread.id.desc()).limit(PINNED_LIMIT)).all()


@dataclass(frozen=True)
class Answering:
    """A pinned thread, and how many posts stand behind its last expert's answer (all of them while there is none)."""

    thread: Thread
    waiting: int


def answering(limit: int) -> list[Answering]:
    """Return pinned threads of all open sub-themes, unanswered ones first, then by latest activity."""
    last_answer = (
        select(func.max(Post.position))
        .where(Post.thread_id == Thread.id, Post.credential_id.is_not(None))
        .correlate(Thread)
        .scalar_subquery()
    )
    query = _threads().where(_PINNED, _FEW_VISIBLE, _OF_NO_ROOM, SubTheme.archived_at.is_(None)).join(Thread.subtheme)
    query = query.order_by(Thread.expert_answer_count != 0, Thread.last_post_at.desc(), Thread.id.desc())
    rows: Any = db.session.execute(query.add_columns(last_answer).limit(limit))
    return [Answering(thread, thread.last_position - (position or 0)) for thread, position in rows]


def waiting(subtheme_ids: Collection[int], after: str = "", size: int = PAGE_SIZE) -> Page[Thread]:
    """Return threads of these sub-themes that wait for an expert, oldest first, behind the cursor: pinned ones and
    questions that are open and have no expert's answer.
    """
    unanswered = Thread.expert_answer_count == literal_column("0")
    query = _threads().where(Thread.subtheme_id.in_(subtheme_ids), _TAKES_EXPERTS, unanswered, _FEW_VISIBLE)
    query = query.where(Thread.locked_at.is_(None), _OF_NO_ROOM)
    if place := after_cursor(after):
        moment, thread_id = literal(place[0], Thread.created_at.type), literal(min(place[1], 2**31 - 1))
        query = query.where(tuple_(Thread.created_at, Thread.id) > tuple_(moment, thread_id))
    found = db.session.scalars(query.order_by(Thread.created_at, Thread.id).limit(size + 1)).all()
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], cursor(last.created_at, last.id) if last else "")


def has_held() -> ColumnElement[bool]:
    """Return the condition, beside `User`, that a thread of theirs waits for review."""
    held = Thread.state == literal_column("'held'")
    return exists().where(held, Thread.author_id == User.id)


fill(apart, has_held)


def held_of(viewer: Person, subtheme_id: int) -> Sequence[Thread]:
    """Return the viewer's own threads that wait for review in the sub-theme, newest first; nobody else's."""
    if not viewer.is_authenticated or viewer.is_many:
        return []
    held = Thread.state == literal_column("'held'")
    query = _threads().where(held, Thread.author_id == viewer.id, Thread.subtheme_id == subtheme_id)
    return db.session.scalars(query.order_by(Thread.id.desc()).limit(HELD_LIMIT)).all()


def subthemes_with_latest() -> list[tuple[SubTheme, Thread | None]]:
    """Return the open sub-themes in their order, each with its thread of latest activity, in one statement."""
    newest = aliased(Thread)
    latest_id = (
        select(newest.id)
        .where(newest.subtheme_id == SubTheme.id, newest.state == literal_column("'visible'"))
        .order_by(newest.last_post_at.desc(), newest.id.desc())
        .limit(1)
        .correlate(SubTheme)
        .scalar_subquery()
    )
    query = select(SubTheme, Thread).outerjoin(Thread, Thread.id == latest_id).where(SubTheme.archived_at.is_(None))
    return [
        (subtheme, thread) for subtheme, thread in db.session.execute(query.order_by(SubTheme.position, SubTheme.id))
    ]


@dataclass(frozen=True)
class Excerpt:
    """A post in a list: where it stands and how it begins."""

    post: Post
    text: str


def posts_of(user_id: int, before: int | None = None, size: int = PAGE_SIZE) -> Page[Excerpt]:
    """Return a person's visible posts in visible threads, newest first, with ids below `before`."""
    query = (
        select(Post, func.substr(Post.plain, 1, EXCERPT))
        .join(Post.thread)
        .where(Post.author_id == user_id, POST_VISIBLE, THREAD_VISIBLE)
        .options(
            contains_eager(Post.thread).joinedload(Thread.subtheme),
            joinedload(Post.credential), defer(Post.body), defer(Post.html),
        )
        .order_by(Post.id.desc())
    )  # fmt: skip
    if before is not None:
        query = query.where(Post.id < before)
    found = [Excerpt(post, text) for post, text in db.session.execute(query.limit(size + 1))]
    return Page(found[:size], str(found[size - 1].post.id) if len(found) > size else "")


def _threads() -> Select[Thread]:
    """Threads as a list shows them: with sub-theme and starter."""
    starter = joinedload(Thread.author).options(defer(User.bio), defer(User.bio_html))
    return select(Thread).options(joinedload(Thread.subtheme), starter)
