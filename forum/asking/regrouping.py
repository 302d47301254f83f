"""Merged questions while the one that they went into is out of sight: they stand for themselves until it is back."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import aliased

from forum.asking import asked
from forum.asking.counting import count_anew, mark_answered
from forum.asking.locking import locked_question
from forum.asking.models import Question, Status
from forum.asking.telling import tell_askers
from forum.core.database import db
from forum.notifications.actions import take_back


def let_go(question: Question) -> None:
    """Let the questions that were merged into one that is gone stand for themselves again, as if never merged.

    They remember it, with when and by whom they were merged, for the case that it comes back.
    """
    merged = db.session.scalars(select(Question.post_id).where(Question.merged_into_id == question.post_id)).all()
    if not merged:
        return
    locked_question(question.post_id)  # first, as whoever supports or merges does
    for post_id in sorted(merged):
        each = locked_question(post_id)
        if each.merged_into_id != question.post_id:
            continue
        each.status, each.merged_into_id, each.released_from_id = Status.OPEN, None, question.post_id
        mark_answered(each.post_id)
        key = each.notice_key("merged", question.post_id)
        take_back([(user_id, key) for user_id in asked.people_asking(each.post_id)])
    db.session.flush()
    count_anew(question.post_id)


def bring_back(question: Question) -> None:
    """Merge again into a question that is seen again what had been merged into it, and count all who ask it.

    What was answered, declined or merged elsewhere meanwhile stays so, and so does one into which others were merged.
    """
    deeper = aliased(Question)
    has_others = select(deeper.post_id).where(deeper.merged_into_id == Question.post_id).exists()
    query = select(Question.post_id).where(Question.released_from_id == question.post_id, ~has_others)
    released = db.session.scalars(query).all()
    if not released:
        return
    locked_question(question.post_id)
    for post_id in sorted(released):
        each = locked_question(post_id)
        if each.status == Status.OPEN:
            each.status, each.merged_into_id, each.routed_to_id = Status.MERGED, question.post_id, None
            tell_askers(each, "merged", question.post_id, by_id=each.decided_by_id)
        each.released_from_id = None
    db.session.flush()
    count_anew(question.post_id)
