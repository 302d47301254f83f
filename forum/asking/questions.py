"""Questions, answers and comments as they come in through the threads' door, and "I ask this too"."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session as Writer

from forum.accounts.models import Person, User
from forum.asking import asked, clock, policy, queries
from forum.asking.locking import allow, locked_question, present
from forum.asking.models import LED_BY, AskSession, Phase, Question, QuestionSupport, Status
from forum.core.database import db, now, transaction
from forum.core.errors import NotFound, Refused
from forum.experts.models import Credential
from forum.notifications.actions import take_back
from forum.threads.models import Post, State, Thread


def why_not_write(person: Person, thread: Thread, parent: Post | None, credential: Credential | None) -> Any | None:
    """The rule of replies (threads.plugs): nothing but questions, answers, comments and the summary."""
    if thread.led_by != LED_BY:
        return None
    session = queries.of_thread(thread.id, fresh=True)
    assert session is not None
    session.thread = thread
    facts = policy.Facts(
        question=db.session.get(Question, parent.id, populate_existing=True) if parent else None,
        is_named=credential is not None and person.id in queries.expert_ids(session.id),
        asked=0 if parent or credential else asked.asked_by(session, person.id or 0),
        moment=now(),
    )
    return policy.why_not_write(person, session, parent, credential, facts)


def why_not_edit(person: Person, post: Post) -> Any | None:
    """The rule of changes: nothing in an archive, no question that others ask too or that was decided about."""
    if post.thread.led_by != LED_BY:
        return None
    session = queries.of_thread(post.thread_id)
    assert session is not None
    phase = clock.phase_at(session, now())
    if phase == Phase.ARCHIVED:
        return _l("This session is archived: it can be read, but not continued.")
    question = db.session.get(Question, post.id) if not post.credential_id and not post.parent_id else None
    if question is None:
        return None
    if phase != Phase.COLLECTING or question.status != Status.OPEN or question.support_count > 1:
        return _l("A question can be changed while questions are collected and nobody else asks it too.")
    return None


def why_not_for_staff(_by: Person, thread: Thread, act: str) -> Any | None:
    """The rule of moderators' acts: a session stays where it was planned, and pinned until it is archived."""
    if thread.led_by == LED_BY and act in ("unpinned", "moved", "pinned"):
        return _l("This thread belongs to a session with experts: its clock pins it, and it stays in its sub-theme.")
    return None


def take_in(post: Post) -> None:
    """Write down what a new post of a session is: a question with its author, or the summary. In its transaction."""
    if post.thread.led_by != LED_BY or post.credential_id or post.parent_id:
        return
    session = queries.of_thread(post.thread_id)
    assert session is not None
    if clock.phase_at(session, now()) == Phase.CLOSED:
        session.summary_id = post.id
        return
    check_length(post)
    db.session.add(Question(post_id=post.id, session_id=session.id, support_count=1))
    db.session.flush()
    db.session.add(QuestionSupport(question_id=post.id, user_id=post.author_id))
    session.question_count += 1 if post.is_visible else 0


def check_length(post: Post, _by: User | None = None) -> None:
    """Refuse a question that is too long, new or changed; any other text may have the length of a post."""
    is_text_alone = not post.credential_id and not post.parent_id and post.position != 1
    if post.thread.led_by != LED_BY or not is_text_alone or len(post.body) <= policy.QUESTION_LIMIT:
        return
    session = queries.of_thread(post.thread_id)
    if session and session.summary_id != post.id:
        raise Refused(
            _l("A question has at most %(most)s characters; this one has %(length)s.",
               most=policy.QUESTION_LIMIT, length=len(post.body))
        )  # fmt: skip


def follow(thread: Thread, post: Post, was_visible: bool) -> None:
    """Let question and session follow a post that appears or goes out of sight. In its transaction."""
    if thread.led_by != LED_BY:
        return
    if post.state not in (State.VISIBLE, State.HELD):  # also a held summary that was refused: there can be another one
        db.session.execute(update(AskSession).where(AskSession.summary_id == post.id).values(summary_id=None))
    if post.is_visible == was_visible:
        return
    if post.credential_id and post.parent_id:
        _mark_answered(post.parent_id)
    elif question := db.session.get(Question, post.id):
        session = db.session.get(AskSession, question.session_id)
        assert session is not None
        session.question_count += 1 if post.is_visible else -1
        session.answered_count += (1 if post.is_visible else -1) if question.status == Status.ANSWERED else 0
        if not post.is_visible:
            let_go(question)
    elif post.is_visible and post.parent_id is None and post.id != queries.opening_id(thread.id):
        _bring_summary_back(post)


def _bring_summary_back(post: Post) -> None:
    """Let the session have its summary again, unless there is another one."""
    session = queries.of_thread(post.thread_id)
    assert session is not None
    if session.summary_id is None and clock.phase_at(session, now()) in queries.OVER:
        session.summary_id = post.id  # before, it is a question that is not written down yet


def forget_words(post: Post) -> None:
    """Forget what a session keeps of a post's words: an opening's description, and why a question was declined."""
    if post.thread.led_by != LED_BY:
        return
    if (question := db.session.get(Question, post.id)) is not None:
        question.decline_reason = ""
    elif post.id == queries.opening_id(post.thread_id):
        blank = update(AskSession).where(AskSession.thread_id == post.thread_id)
        db.session.execute(blank.values(description_en="", description_zh=""))


def recount_supports(user_id: int) -> None:
    """Count anew the questions that the person asks too: two accounts of theirs were merged."""
    mine = select(QuestionSupport.question_id).where(QuestionSupport.user_id == user_id)
    roots = select(Question.merged_into_id).where(Question.post_id.in_(mine))
    both = Question.post_id.in_(mine) | Question.post_id.in_(roots)
    merged_last = Question.merged_into_id.is_not(None), Question.post_id  # the order in which all lock them
    for question_id in db.session.scalars(select(Question.post_id).where(both).order_by(*merged_last)).all():
        _count_anew(question_id)


def let_go(question: Question) -> None:
    """Let the questions that were merged into one that is gone stand for themselves again, as if never merged."""
    merged = db.session.scalars(select(Question.post_id).where(Question.merged_into_id == question.post_id)).all()
    if merged:
        locked_question(question.post_id)  # first, as whoever supports or merges does
    for post_id in sorted(merged):
        each = locked_question(post_id)
        if each.merged_into_id != question.post_id:
            continue
        each.status, each.merged_into_id, each.decided_at, each.decided_by_id = Status.OPEN, None, None, None
        _mark_answered(each.post_id)
        key = each.notice_key("merged", question.post_id)
        take_back([(user_id, key) for user_id in asked.people_asking(each.post_id)])
    if merged:
        db.session.flush()
        _count_anew(question.post_id)


def _count_anew(question_id: int) -> None:
    """Count under the question's lock: nobody who presses at this moment is lost."""
    locked_question(question_id).support_count = count_people(question_id)


def count_people(question_id: int) -> int:
    """Return how many people ask a question or one that was merged into it: each counts once."""
    group = select(Question.post_id).where((Question.post_id == question_id) | (Question.merged_into_id == question_id))
    people = select(func.count(QuestionSupport.user_id.distinct())).where(QuestionSupport.question_id.in_(group))
    return db.session.scalar(people) or 0


def _mark_answered(question_id: int) -> None:
    """Put down the question's first visible answer, or that it has none (any more)."""
    question = db.session.get(Question, question_id)
    if question is None:
        return
    answers = select(Post.id).where(Post.parent_id == question_id, Post.credential_id.is_not(None))
    question.answer_id = db.session.scalar(
        answers.where(Post.state == State.VISIBLE).order_by(Post.position, Post.id).limit(1)
    )
    before = question.status
    if before in (Status.OPEN, Status.ANSWERED):
        question.status = Status.ANSWERED if question.answer_id else Status.OPEN
    if question.post.is_visible:  # what is out of sight is in no count
        step = (question.status == Status.ANSWERED) - (before == Status.ANSWERED)
        session = db.session.get(AskSession, question.session_id)
        assert session is not None
        session.answered_count += step


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
