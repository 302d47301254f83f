"""Sessions and questions read from the database. Lists page by key; what a viewer may not see is None."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, func, literal, literal_column, or_, select, tuple_
from sqlalchemy.orm import contains_eager, defer, joinedload

from forum.accounts.models import Person, User
from forum.asking.models import AskExpert, AskSession, AskStep, Phase, Question, QuestionSupport, Status
from forum.config import PAGE_SIZE
from forum.core.database import db, now
from forum.core.paging import LARGEST_ID, Page, after_cursor, cursor
from forum.experts.models import Credential
from forum.threads import policy as threads
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Post, State, Thread

CANDIDATES_MOST = 500  # experts of a sub-theme among whom a host names some
LISTED = 20
LIVE_MOST = 50  # sessions that run or are to come; hosts plan few
COMMENTS_MOST = 200  # under the answers of one page
CONTENTS_MOST = 300  # lines of an archive's table of contents
LINE = 90  # characters of a question in one line

LIVE = (Phase.ANNOUNCED, Phase.COLLECTING, Phase.ANSWERING)
OVER = (Phase.CLOSED, Phase.ARCHIVED)


# -- sessions -------------------------------------------------------------------------------------------------------


def by_id(session_id: int) -> AskSession | None:
    """Return the session with thread, sub-theme and host, whoever looks."""
    if not 0 < session_id <= LARGEST_ID:
        return None
    return db.session.scalar(_sessions().where(AskSession.id == session_id))


def visible(session_id: int, viewer: Person) -> AskSession | None:
    """Return the session if its thread exists for the viewer."""
    session = by_id(session_id)
    return session if session and threads.sees_thread(viewer, session.thread) else None


def of_thread(thread_id: int, *, fresh: bool = False) -> AskSession | None:
    """Return the session of a thread; `fresh` as the database has it now."""
    query = select(AskSession).where(AskSession.thread_id == thread_id)
    return db.session.scalar(query.execution_options(populate_existing=fresh))


def opening_id(thread_id: int) -> int | None:
    """Return the id of a thread's first post, also of one that is held."""
    return db.session.scalar(select(func.min(Post.id)).where(Post.thread_id == thread_id))


def opening(thread_id: int) -> Post | None:
    """Return the thread's first post if everybody sees its words."""
    query = select(Post).where(Post.thread_id == thread_id, Post.position == 1, POST_VISIBLE)
    return db.session.scalar(query.options(defer(Post.body), defer(Post.html)))


def due(limit: int) -> Sequence[int]:
    """Return the sessions whose next step has come, the longest waiting first."""
    query = select(AskSession.id).where(AskSession.next_at <= now()).order_by(AskSession.next_at)
    return db.session.scalars(query.limit(limit)).all()


def steps_untold(limit: int) -> Sequence[int]:
    """Return the steps that nobody was told of, in their order."""
    query = select(AskStep.id).where(AskStep.notified_at.is_(None)).order_by(AskStep.id)
    return db.session.scalars(query.limit(limit)).all()


def live(limit: int = LIVE_MOST, subtheme_id: int | None = None) -> Sequence[AskSession]:
    """Return the sessions that run or are to come: those whose next step comes first stand first."""
    query = _sessions().where(AskSession.state.in_(LIVE), AskSession.closes_at > now(), THREAD_VISIBLE)
    if subtheme_id is not None:
        query = query.where(Thread.subtheme_id == subtheme_id)
    return db.session.scalars(query.order_by(AskSession.next_at, AskSession.id).limit(limit)).all()


def over(before: str = "", size: int = LISTED) -> Page[AskSession]:
    """Return sessions that are closed or archived behind the cursor, the last one first."""
    closed = or_(AskSession.state.in_(OVER), AskSession.closes_at <= now())
    query = _sessions().where(closed, THREAD_VISIBLE)
    if place := after_cursor(before):
        moment, session_id = literal(place[0], AskSession.opens_at.type), literal(min(place[1], LARGEST_ID))
        query = query.where(tuple_(AskSession.opens_at, AskSession.id) < tuple_(moment, session_id))
    query = query.order_by(AskSession.opens_at.desc(), AskSession.id.desc())
    found = db.session.scalars(query.limit(size + 1)).all()
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], cursor(last.opens_at, last.id) if last else "")


def of_expert(user_id: int, limit: int = LISTED) -> Sequence[AskSession]:
    """Return the sessions to come and under way in which the person is named."""
    mine = select(AskExpert.session_id).where(AskExpert.user_id == user_id)
    query = _sessions().where(AskSession.id.in_(mine), AskSession.closes_at > now(), THREAD_VISIBLE)
    return db.session.scalars(query.order_by(AskSession.next_at, AskSession.id).limit(limit)).all()


def steps(session_id: int) -> Sequence[AskStep]:
    """Return the steps that the session has done, in their order."""
    return db.session.scalars(select(AskStep).where(AskStep.session_id == session_id).order_by(AskStep.id)).all()


# -- experts --------------------------------------------------------------------------------------------------------


def expert_ids(session_id: int) -> set[int]:
    """Return who is named for the session."""
    return set(db.session.scalars(select(AskExpert.user_id).where(AskExpert.session_id == session_id)))


def experts(session: AskSession) -> list[tuple[User, Credential | None]]:
    """Return the named experts by name, each with the credential of the sub-theme that they were granted last."""
    latest = (
        select(func.max(Credential.id))
        .where(Credential.user_id == AskExpert.user_id, Credential.subtheme_id == session.thread.subtheme_id)
        .correlate(AskExpert)
        .scalar_subquery()
    )
    query = select(AskExpert, Credential).outerjoin(Credential, Credential.id == latest)
    query = query.where(AskExpert.session_id == session.id).options(joinedload(AskExpert.user))
    return [(row.user, credential) for row, credential in db.session.execute(query.order_by(AskExpert.user_id))]


# -- questions ------------------------------------------------------------------------------------------------------


def question(post_id: int, viewer: Person) -> Question | None:
    """Return the question with post, thread and session if the viewer may read it."""
    if not 0 < post_id <= LARGEST_ID:
        return None
    found = db.session.scalar(_questions().where(Question.post_id == post_id))
    return found if found and threads.sees_post(viewer, found.post) else None


def asked_by(session: AskSession, user_id: int) -> int:
    """Return how many questions the person has asked in the session; one that they deleted does not count."""
    query = select(func.count()).select_from(Question).join(Post, Post.id == Question.post_id)
    query = query.where(Post.thread_id == session.thread_id, Post.author_id == user_id, Post.state != State.DELETED)
    return db.session.scalar(query) or 0


def own(session: AskSession, viewer: Person) -> Sequence[Question]:
    """Return the viewer's own questions in the session that they can read, the latest first."""
    if not viewer.is_authenticated:
        return []
    query = _questions().where(Question.session_id == session.id, Post.author_id == viewer.id)
    query = query.where(Post.state.in_((State.VISIBLE, State.HELD, State.HIDDEN)))
    return db.session.scalars(query.order_by(Question.post_id.desc()).limit(LISTED)).all()


def listed(
    session: AskSession, status: Status, after: str = "", first_id: int | None = None, size: int = PAGE_SIZE
) -> Page[Question]:
    """Return visible questions of this status behind the cursor, by how many people ask them.

    `first_id` begins the page with this question instead. Equally many: who asked first.
    """
    query = _questions().where(Question.session_id == session.id, Question.status == status, POST_VISIBLE)
    if first_id is not None and (row := _place_of(session.id, first_id)):
        query = query.where(_behind(row.support_count, first_id - 1))
    elif place := _count_cursor(after):
        query = query.where(_behind(*place))
    found = db.session.scalars(query.order_by(Question.support_count.desc(), Question.post_id).limit(size + 1)).all()
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], f"{last.support_count}.{last.post_id}" if last else "")


def _place_of(session_id: int, post_id: int) -> Any:
    query = select(Question.support_count).where(Question.session_id == session_id, Question.post_id == post_id)
    return db.session.execute(query).first()


def _behind(count: int, post_id: int) -> Any:
    same = (Question.support_count == count) & (Question.post_id > post_id)
    return or_(Question.support_count < count, same)


def _count_cursor(value: str) -> tuple[int, int] | None:
    count, _, post_id = value.partition(".")
    fits = all(part.isascii() and part.isdecimal() and len(part) <= 9 for part in (count, post_id))
    return (int(count), int(post_id)) if fits else None


def contents(session: AskSession) -> list[tuple[int, str]]:
    """Return (post, how it begins) of the answered questions, in the order of the page."""
    query = select(Question.post_id, func.substr(Post.plain, 1, LINE)).join(Post, Post.id == Question.post_id)
    query = query.where(Question.session_id == session.id, Question.status == Status.ANSWERED, POST_VISIBLE)
    rows = db.session.execute(query.order_by(Question.support_count.desc(), Question.post_id).limit(CONTENTS_MOST))
    return [(post_id, text) for post_id, text in rows]


def merged_into(ids: Collection[int]) -> dict[int, list[Question]]:
    """Return {question: the visible ones merged into it}."""
    found: dict[int, list[Question]] = {}
    if ids:
        query = _questions().where(Question.merged_into_id.in_(ids), POST_VISIBLE).order_by(Question.post_id)
        for row in db.session.scalars(query):
            found.setdefault(row.merged_into_id or 0, []).append(row)
    return found


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


def answers(ids: Collection[int]) -> Sequence[Post]:
    """Return the visible answers to these questions, in order, with author and credential."""
    if not ids:
        return []
    query = _posts().where(Post.parent_id.in_(ids), Post.credential_id.is_not(None), POST_VISIBLE)
    return db.session.scalars(query.order_by(Post.position)).all()


def comments(answer_ids: Collection[int]) -> Sequence[Post]:
    """Return the first COMMENTS_MOST visible comments under these answers, in order."""
    if not answer_ids:
        return []
    query = _posts().where(Post.parent_id.in_(answer_ids), Post.credential_id.is_(None), POST_VISIBLE)
    return db.session.scalars(query.order_by(Post.position).limit(COMMENTS_MOST)).all()


def post_in(session: AskSession, post_id: int | None) -> Post | None:
    """Return a visible post of the session's thread, or None."""
    if not post_id:
        return None
    query = _posts().where(Post.id == post_id, Post.thread_id == session.thread_id, POST_VISIBLE)
    return db.session.scalar(query)


def routed_to(user_id: int, limit: int = LISTED) -> Sequence[Question]:
    """Return the open questions that hosts routed to the person, the longest waiting first."""
    return _waiting(Question.routed_to_id == user_id, limit)


def waiting_longest(user_id: int, limit: int = LISTED) -> Sequence[Question]:
    """Return the open questions of sessions in which the person is named, the longest waiting first."""
    mine = select(AskExpert.session_id).where(AskExpert.user_id == user_id)
    return _waiting(Question.session_id.in_(mine), limit)


def _waiting(condition: Any, limit: int) -> Sequence[Question]:
    query = _questions().where(condition, Question.status == literal_column("'open'"), POST_VISIBLE, THREAD_VISIBLE)
    running = (AskSession.answers_at <= now()) & (AskSession.closes_at > now())
    return db.session.scalars(query.where(running).order_by(Question.post_id).limit(limit)).all()


def _sessions() -> Select[AskSession]:
    place = contains_eager(AskSession.thread).options(joinedload(Thread.subtheme), _person(Thread.author))
    return select(AskSession).join(AskSession.thread).options(place, _person(AskSession.host))


def _questions() -> Select[Question]:
    """Questions with their posts, threads and sessions."""
    post = contains_eager(Question.post)
    return (
        select(Question)
        .join(Question.post)
        .join(Post.thread)
        .join(Question.session)
        .options(
            post.defer(Post.body),
            post.options(_person(Post.author)),
            post.contains_eager(Post.thread).options(joinedload(Thread.subtheme)),
            contains_eager(Question.session),
            joinedload(Question.routed_to),
        )
    )


def _posts() -> Select[Post]:
    return select(Post).options(defer(Post.body), _person(Post.author), joinedload(Post.credential))


def _person(relationship: Any) -> Any:
    return joinedload(relationship).options(defer(User.bio), defer(User.bio_html))
