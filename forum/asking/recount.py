"""Counting again what sessions keep in their rows, for `flask doctor`: questions, answered ones, and who asks what."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import case, func, select

from forum.asking.counting import STANDS, count_people
from forum.asking.models import AskSession, Question, QuestionSupport, Status
from forum.core.database import db, locked, transaction
from forum.threads.models import Thread
from forum.threads.recount import BATCH, Fault


def recount_sessions(*, fix: bool = False) -> Iterator[str]:
    """Yield every counter of sessions and questions that differs from the rows, and set it right with `fix`."""
    last = 0
    while ids := db.session.scalars(select(AskSession.id).where(AskSession.id > last).order_by(AskSession.id)
                                    .limit(BATCH)).all():  # fmt: skip
        for session_id in ids:
            yield from _of_session(session_id, fix=fix)
        last = ids[-1]
    last = 0
    while suspects := _questions_that_differ(last):
        for post_id in suspects:
            yield from _of_question(post_id, fix=fix)
        last = suspects[-1]


def _of_session(session_id: int, *, fix: bool) -> Iterator[str]:
    with transaction() as writer:
        thread_id = writer.scalar(select(AskSession.thread_id).where(AskSession.id == session_id))
        locked(Thread, thread_id or 0)  # whoever changes what is counted holds it
        session = locked(AskSession, session_id)
        assert session is not None
        answered = func.coalesce(func.sum(case((Question.status == Status.ANSWERED, 1), else_=0)), 0)
        query = select(func.count(), answered).select_from(Question).join(Question.post)
        row = writer.execute(query.where(Question.session_id == session_id, STANDS)).one()
        counted = {"question_count": row[0], "answered_count": row[1]}
        stored = {name: getattr(session, name) for name in counted}
        for name, value in counted.items() if fix else ():
            setattr(session, name, value)
    for name, value in counted.items():
        if stored[name] != value:
            yield str(Fault(f"session {session_id}", name, stored[name], value))


def _questions_that_differ(after: int) -> list[int]:
    """Return up to BATCH questions behind `after` whose count may be wrong, seen without a lock."""
    here = select(QuestionSupport.question_id.label("root"), QuestionSupport.user_id)
    merged = select(Question.merged_into_id.label("root"), QuestionSupport.user_id)
    merged = merged.join(QuestionSupport, QuestionSupport.question_id == Question.post_id)
    asks = (
        here.where(QuestionSupport.question_id > after).union(merged.where(Question.merged_into_id > after)).subquery()
    )
    people = select(asks.c.root, func.count().label("people")).group_by(asks.c.root).subquery()
    query = select(Question.post_id).outerjoin(people, people.c.root == Question.post_id)
    query = query.where(Question.post_id > after, Question.support_count != func.coalesce(people.c.people, 0))
    return list(db.session.scalars(query.order_by(Question.post_id).limit(BATCH)))


def _of_question(post_id: int, *, fix: bool) -> Iterator[str]:
    with transaction():
        question = locked(Question, post_id)
        assert question is not None
        stored, counted = question.support_count, count_people(post_id)
        if fix:
            question.support_count = counted
    if stored != counted:
        yield str(Fault(f"question {post_id}", "support_count", stored, counted))
