"""Counting who asks a question, and which questions have an answer, under the locks of their rows."""

from __future__ import annotations

from sqlalchemy import and_, func, literal_column, or_, select

from forum.asking.locking import locked_question
from forum.asking.models import AskSession, Question, QuestionSupport, Status
from forum.core.database import db
from forum.threads.counters import POST_VISIBLE
from forum.threads.models import Post, State

# `stands`, for statements over questions with their posts
KEPT = and_(Post.state == literal_column("'deleted'"), Question.status == Status.ANSWERED)
STANDS = or_(POST_VISIBLE, KEPT)


def stands(question: Question) -> bool:
    """Whether the session has the question: everybody sees it, or its author took it back once an expert had answered.

    Of the latter its place stays, without its words: the answers are others' words.
    """
    is_kept = question.post.state == State.DELETED and question.status == Status.ANSWERED
    return question.post.is_visible or is_kept


def recount_supports(user_id: int) -> None:
    """Count anew the questions that the person asks too: two accounts of theirs were merged."""
    mine = select(QuestionSupport.question_id).where(QuestionSupport.user_id == user_id)
    roots = select(Question.merged_into_id).where(Question.post_id.in_(mine))
    both = Question.post_id.in_(mine) | Question.post_id.in_(roots)
    merged_last = Question.merged_into_id.is_not(None), Question.post_id  # the order in which all lock them
    for question_id in db.session.scalars(select(Question.post_id).where(both).order_by(*merged_last)).all():
        count_anew(question_id)


def count_anew(question_id: int) -> None:
    """Count under the question's lock: nobody who presses at this moment is lost."""
    locked_question(question_id).support_count = count_people(question_id)


def count_people(question_id: int) -> int:
    """Return how many people ask a question or one that was merged into it: each counts once."""
    group = select(Question.post_id).where((Question.post_id == question_id) | (Question.merged_into_id == question_id))
    people = select(func.count(QuestionSupport.user_id.distinct())).where(QuestionSupport.question_id.in_(group))
    return db.session.scalar(people) or 0


def mark_answered(question_id: int) -> int:
    """Put down the question's first visible answer, or that it has none (any more).

    Return 1 if its place in the session is back by that, -1 if it goes (its author had deleted it), else 0.
    """
    question = db.session.get(Question, question_id)
    if question is None:
        return 0
    answers = select(Post.id).where(Post.parent_id == question_id, Post.credential_id.is_not(None))
    question.answer_id = db.session.scalar(
        answers.where(Post.state == State.VISIBLE).order_by(Post.position, Post.id).limit(1)
    )
    before, stood = question.status, stands(question)
    if before in (Status.OPEN, Status.ANSWERED):
        question.status = Status.ANSWERED if question.answer_id else Status.OPEN
    step = stands(question) - stood
    if stood or step:  # what is out of sight is in no count
        session = db.session.get(AskSession, question.session_id)
        assert session is not None
        session.question_count += step
        session.answered_count += (question.status == Status.ANSWERED) - (before == Status.ANSWERED)
    return step
