"""Questions, answers and comments of a session, read from the database through a viewer's eyes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, literal_column, null, or_, select
from sqlalchemy.orm import contains_eager, defer, joinedload, undefer

from forum.accounts.models import Person
from forum.asking.counting import KEPT, STANDS
from forum.asking.models import AskExpert, AskSession, Question, QuestionSupport, Status
from forum.asking.queries import LISTED, person_of
from forum.config import PAGE_SIZE
from forum.core.database import db, now
from forum.core.paging import LARGEST_ID, Page
from forum.threads import policy as threads
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Post, State, Thread

CONTENTS = 100  # lines of an archive's table of contents on one page
LINE = 90  # characters of a question in one line


@dataclass(frozen=True)
class Start:
    """A question with which a page of a list begins: its status, and how many people ask it."""

    post_id: int
    status: str
    people: int


def question(post_id: int, viewer: Person) -> Question | None:
    """Return the question with post, thread and session if the viewer may read it; nobody reads a deleted one."""
    if not 0 < post_id <= LARGEST_ID:
        return None
    here = (Question.post_id == post_id, Post.state != State.DELETED)
    found = db.session.scalar(questions_with_posts().where(*here))
    return found if found and threads.sees_post(viewer, found.post) else None


def asked_by(session: AskSession, user_id: int) -> int:
    """Return how many questions the person has asked in the session; one that they deleted does not count."""
    query = select(func.count()).select_from(Question).join(Post, Post.id == Question.post_id)
    query = query.where(Post.thread_id == session.thread_id, Post.author_id == user_id, Post.state != State.DELETED)
    return db.session.scalar(query) or 0


def own(session: AskSession, viewer: Person) -> Sequence[Question]:
    """Return the viewer's own questions in the session that they can read, the latest first.

    Of those that they asked too the ones that were declined: they were told so, and read why.
    """
    if not viewer.is_authenticated:
        return []
    too = select(QuestionSupport.question_id).where(QuestionSupport.user_id == viewer.id)
    is_own = (Post.author_id == viewer.id) & Post.state.in_((State.VISIBLE, State.HELD, State.HIDDEN))
    is_declined = (Question.status == Status.DECLINED) & POST_VISIBLE & Question.post_id.in_(too)
    query = questions_with_posts().where(Question.session_id == session.id, or_(is_own, is_declined))
    return db.session.scalars(query.order_by(Question.post_id.desc()).limit(LISTED)).all()


def listed(
    session: AskSession,
    status: Status,
    after: str = "",
    start: Start | None = None,
    size: int = PAGE_SIZE,
    seen: Any = POST_VISIBLE,
) -> Page[Question]:
    """Return visible questions of this status behind the cursor, by how many people ask them.

    `start` begins the page instead, if it has this status. Equally many: who asked first. With `seen=STANDS` also
    answered ones that their authors deleted: whoever shows these never shows their words.
    """
    query = questions_with_posts().where(Question.session_id == session.id, Question.status == status, seen)
    if start is not None and start.status == status:
        query = query.where(_behind(start.people, start.post_id - 1))
    elif place := _count_cursor(after):
        query = query.where(_behind(*place))
    found = db.session.scalars(query.order_by(Question.support_count.desc(), Question.post_id).limit(size + 1)).all()
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{last.support_count}.{last.post_id}" if last else "")


def start_at(session: AskSession, post_id: int | None) -> Start | None:
    """Return where the session's question stands in the lists; of a merged one where that stands into which it went."""
    if post_id is None:
        return None
    columns = (Question.post_id, Question.status, Question.support_count)
    here = select(func.coalesce(Question.merged_into_id, Question.post_id)).where(Question.post_id == post_id)
    query = select(*columns).where(Question.session_id == session.id, Question.post_id == here.scalar_subquery())
    row = db.session.execute(query).first()
    return Start(*row) if row else None


def _behind(count: int, post_id: int) -> Any:
    same = (Question.support_count == count) & (Question.post_id > post_id)
    return or_(Question.support_count < count, same)


def _count_cursor(value: str) -> tuple[int, int] | None:
    count, _, post_id = value.partition(".")
    fits = all(part.isascii() and part.isdecimal() and len(part) <= 9 for part in (count, post_id))
    return (int(count), int(post_id)) if fits else None


def contents(session: AskSession, after: str = "") -> Page[tuple[int, str | None, int]]:
    """Return (post, how it begins, how many ask it) of answered questions behind the cursor, in the page's order.

    One that its author deleted begins with None.
    """
    line = case((KEPT, null()), else_=func.substr(Post.plain, 1, LINE))
    columns = (Question.post_id, line, Question.support_count)
    query = select(*columns).join(Post, Post.id == Question.post_id)
    query = query.where(Question.session_id == session.id, Question.status == Status.ANSWERED, STANDS)
    if place := _count_cursor(after):
        query = query.where(_behind(*place))
    query = query.order_by(Question.support_count.desc(), Question.post_id).limit(CONTENTS + 1)
    rows = [(post_id, text, people) for post_id, text, people in db.session.execute(query)]
    last = rows[CONTENTS - 1] if len(rows) > CONTENTS else None
    return Page(rows[:CONTENTS], f"{last[2]}.{last[0]}" if last else "")


def asked_too(viewer: Person, ids: Collection[int]) -> set[int]:
    """Return those of the questions that the viewer asks or supports, there or in one merged into it."""
    if not viewer.is_authenticated or not ids:
        return set()
    here = func.coalesce(Question.merged_into_id, Question.post_id)
    query = select(here).join(QuestionSupport, QuestionSupport.question_id == Question.post_id)
    query = query.where(QuestionSupport.user_id == viewer.id)
    return set(db.session.scalars(query.where(or_(Question.post_id.in_(ids), Question.merged_into_id.in_(ids)))))


def people_asking(question_id: int) -> set[int]:
    """Return everybody who asks the question or one merged into it."""
    group = or_(Question.post_id == question_id, Question.merged_into_id == question_id)
    query = select(QuestionSupport.user_id).join(Question, Question.post_id == QuestionSupport.question_id)
    return set(db.session.scalars(query.where(group)))


def post_in(session: AskSession, post_id: int | None) -> Post | None:
    """Return a visible post of the session's thread, or None."""
    if not post_id:
        return None
    query = posts_of_people().where(Post.id == post_id, Post.thread_id == session.thread_id, POST_VISIBLE)
    return db.session.scalar(query)


def standing_in(session: AskSession, post_id: int) -> Post | None:
    """Return a post of the session that is visible, or a deleted question whose place is kept, or None."""
    query = posts_of_people().outerjoin(Question, Question.post_id == Post.id)
    return db.session.scalar(query.where(Post.id == post_id, Post.thread_id == session.thread_id, STANDS))


def routed_to(user_id: int, limit: int = LISTED) -> Sequence[Question]:
    """Return the open questions that hosts routed to the person, the longest waiting first."""
    return _waiting(Question.routed_to_id == user_id, limit)


def waiting_longest(user_id: int, limit: int = LISTED) -> Sequence[Question]:
    """Return the open questions of sessions in which the person is named, the longest waiting first."""
    mine = select(AskExpert.session_id).where(AskExpert.user_id == user_id)
    return _waiting(Question.session_id.in_(mine), limit)


def _waiting(condition: Any, limit: int) -> Sequence[Question]:
    query = questions_with_posts().where(
        condition, Question.status == literal_column("'open'"), POST_VISIBLE, THREAD_VISIBLE
    )
    running = (AskSession.answers_at <= now()) & (AskSession.closes_at > now())
    return db.session.scalars(query.where(running).order_by(Question.post_id).limit(limit)).all()


def questions_with_posts() -> Select[Question]:
    """Questions with their posts, threads and sessions."""
    post = contains_eager(Question.post)
    return (
        select(Question)
        .join(Question.post)
        .join(Post.thread)
        .join(Question.session)
        .options(
            post.options(defer(Post.body), undefer(Post.plain)),
            post.options(person_of(Post.author)),
            post.contains_eager(Post.thread).options(joinedload(Thread.subtheme)),
            contains_eager(Question.session),
            joinedload(Question.routed_to),
        )
    )


def posts_of_people() -> Select[Post]:
    """Posts with author and credential."""
    return select(Post).options(defer(Post.body), person_of(Post.author), joinedload(Post.credential))
