""" "I ask this too": each person once, exact under any number of presses at once."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as Writer

from forum.accounts.models import User
from forum.asking import asked, policy
from forum.asking.locking import locked_question, present
from forum.asking.models import Question, QuestionSupport, Status
from forum.core.database import db, now, transaction
from forum.core.errors import NotFound, Refused, allow
from forum.threads.models import Post


class _Twice(Exception):
    """The person asks this question already."""


def support(question_id: int, by: User, *, wanted: bool = True) -> bool:
    """Count `by` among those who ask the question too, or no more; return whether that was new.

    Exact under any number of presses at once: the count moves in the transaction that writes the unique row, under
    the question's row lock. Raises Forbidden, NotFound.
    """
    try:
        with transaction() as session:
            by = present(by)
            question = asked.question(question_id, by)
            if question is None:
                raise NotFound
            allow(policy.why_not_support(by, question.session, question, now()))
            return _press(session, question_id, by.id) if wanted else _withdraw(session, question, by.id)
    except _Twice:
        return False


def _press(session: Writer, question_id: int, user_id: int) -> bool:
    here = (Question.post_id == question_id, Question.status == Status.OPEN)
    counted = update(Question).where(*here).values(support_count=Question.support_count + 1)
    done: Any = session.execute(counted, execution_options={"synchronize_session": False})
    if not done.rowcount:
        raise Refused(_l("This question does not wait for an answer (any more)."))
    if session.scalar(_rows_of(question_id, user_id).limit(1)):
        raise _Twice
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    row = {"question_id": question_id, "user_id": user_id, "created_at": now()}
    added: Any = session.execute(dialect.insert(QuestionSupport).values(row).on_conflict_do_nothing())
    if not added.rowcount:
        raise _Twice
    return True


def _withdraw(session: Writer, question: Question, user_id: int) -> bool:
    """Take the person out of the question and of those merged into it, unless they have written one of them."""
    if locked_question(question.post_id).status != Status.OPEN:  # merged or answered since it was looked at
        raise Refused(_l("This question does not wait for an answer (any more)."))
    rows = session.scalars(_rows_of(question.post_id, user_id)).all()
    if session.scalar(select(Post.id).where(Post.id.in_(rows), Post.author_id == user_id).limit(1)):
        raise Refused(_l("You asked this yourself. You can delete your question."))
    if not rows:
        return False
    mine = QuestionSupport.question_id.in_(rows) & (QuestionSupport.user_id == user_id)
    session.execute(delete(QuestionSupport).where(mine))
    for row in rows:
        values = update(Question).where(Question.post_id == row).values(support_count=Question.support_count - 1)
        session.execute(values, execution_options={"synchronize_session": False})
    if question.post_id not in rows:
        values = update(Question).where(Question.post_id == question.post_id)
        values = values.values(support_count=Question.support_count - 1)
        session.execute(values, execution_options={"synchronize_session": False})
    return True


def _rows_of(question_id: int, user_id: int) -> Any:
    """Select the questions of the group under which the person stands."""
    group = select(Question.post_id).where((Question.post_id == question_id) | (Question.merged_into_id == question_id))
    return select(QuestionSupport.question_id).where(
        QuestionSupport.question_id.in_(group), QuestionSupport.user_id == user_id
    )
