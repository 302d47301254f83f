"""Rows that an act on a session changes, locked: thread, session, a question before those merged into it."""

from __future__ import annotations

from sqlalchemy import select

from forum.accounts.models import User
from forum.asking.models import AskSession, Question
from forum.core.database import db, locked, must_lock
from forum.core.errors import NotFound
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, Thread


def locked_session(session_id: int) -> AskSession:
    """Return the session with its thread and sub-theme, or raise NotFound."""
    thread_id = db.session.scalar(select(AskSession.thread_id).where(AskSession.id == session_id))
    thread = locked(Thread, thread_id) if thread_id else None
    session = locked(AskSession, session_id) if thread else None
    if thread is None or session is None:
        raise NotFound
    db.session.get(SubTheme, thread.subtheme_id, populate_existing=True)
    return session


def locked_question(post_id: int) -> Question:
    """Return the question with its post, or raise NotFound; the thread is locked before."""
    question = must_lock(Question, post_id)
    db.session.get(Post, post_id, populate_existing=True)
    return question


def session_of(question_id: int) -> int:
    """Return the id of the question's session, or raise NotFound."""
    session_id = db.session.scalar(select(Question.session_id).where(Question.post_id == question_id))
    if session_id is None:
        raise NotFound
    return session_id


def present(user: User) -> User:
    """Return the person as they are now, or raise NotFound."""
    found = db.session.get(User, user.id, populate_existing=True)
    if found is None:
        raise NotFound
    return found
