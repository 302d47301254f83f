"""Sessions and their experts read from the database. Lists page by key; what a viewer may not see is None."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, tuple_
from sqlalchemy.orm import defer, joinedload

from forum.accounts.models import Person, User
from forum.asking.models import AskExpert, AskSession, AskStep, Phase
from forum.core.database import db, now
from forum.core.paging import LARGEST_ID, Page, after_cursor, cursor
from forum.experts.models import Credential
from forum.threads import policy as threads
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Post, Thread

CANDIDATES_MOST = 500  # experts of a sub-theme among whom a host names some
LISTED = 20
LIVE_MOST = 50  # sessions that run or are to come; hosts plan few

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
    """Return the thread's first post with its words, if everybody sees them."""
    return db.session.scalar(select(Post).where(Post.thread_id == thread_id, Post.position == 1, POST_VISIBLE))


def first_seen(thread_id: int) -> int | None:
    """Return the id of the thread's first post that everybody sees; None while there is none."""
    query = select(Post.id).where(Post.thread_id == thread_id, POST_VISIBLE).order_by(Post.position)
    return db.session.scalar(query.limit(1))


def due(limit: int) -> Sequence[int]:
    """Return the sessions that everybody sees and whose next step has come, the longest waiting first."""
    query = select(AskSession.id).where(AskSession.next_at <= now(), _seen())
    return db.session.scalars(query.order_by(AskSession.next_at).limit(limit)).all()


def steps_untold(limit: int) -> Sequence[int]:
    """Return the steps of sessions that everybody sees of which nobody was told, in their order."""
    query = select(AskStep.id).join(AskSession, AskSession.id == AskStep.session_id)
    query = query.where(AskStep.notified_at.is_(None), _seen()).order_by(AskStep.id)
    return db.session.scalars(query.limit(limit)).all()


def live(limit: int = LIVE_MOST, subtheme_id: int | None = None) -> Sequence[AskSession]:
    """Return the sessions that run or are to come: those whose next step comes first stand first."""
    here = () if subtheme_id is None else (Thread.subtheme_id == subtheme_id,)
    query = _sessions().where(AskSession.state.in_(LIVE), AskSession.closes_at > now(), _seen(*here))
    return db.session.scalars(query.order_by(AskSession.next_at, AskSession.id).limit(limit)).all()


def over(before: str = "", size: int = LISTED) -> Page[AskSession]:
    """Return sessions that are closed or archived behind the cursor, the last one first."""
    closed = or_(AskSession.state.in_(OVER), AskSession.closes_at <= now())
    query = _sessions().where(closed, _seen())
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
    query = _sessions().where(AskSession.id.in_(mine), AskSession.closes_at > now(), _seen())
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


def _sessions() -> Select[AskSession]:
    place = joinedload(AskSession.thread).options(joinedload(Thread.subtheme), person_of(Thread.author))
    return select(AskSession).options(place, person_of(AskSession.host))


def _seen(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether everybody sees the session: asked of each, where a join would begin with all threads of the forum."""
    return AskSession.thread.has(and_(THREAD_VISIBLE, *conditions))


def person_of(relationship: Any) -> Any:
    """Join somebody's row without what only their own page shows."""
    return joinedload(relationship).options(defer(User.bio), defer(User.bio_html))
