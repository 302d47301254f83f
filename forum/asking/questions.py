"""Questions, answers and comments as they come in through the threads' door, and as they go out of sight and back."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from forum.accounts.models import Person, User
from forum.asking import asked, clock, policy, queries, regrouping
from forum.asking.counting import mark_answered, stands
from forum.asking.models import LED_BY, AskSession, Phase, Question, QuestionSupport, Status
from forum.core.database import db, now
from forum.core.errors import Refused
from forum.experts.models import Credential
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
    if post.is_visible == was_visible and post.state != State.DELETED:
        return
    if post.credential_id and post.parent_id:
        if post.is_visible != was_visible and (step := mark_answered(post.parent_id)):
            _regroup(db.session.get_one(Question, post.parent_id), step)
    elif question := db.session.get(Question, post.id):
        _follow_question(question, was_visible)
    elif post.is_visible and post.parent_id is None and post.id != queries.opening_id(thread.id):
        _bring_summary_back(post)


def _follow_question(question: Question, was_visible: bool) -> None:
    """Count a question that appears or goes, with what was merged into it; its post was not deleted before."""
    if step := stands(question) - was_visible:
        session = db.session.get_one(AskSession, question.session_id)
        session.question_count += step
        session.answered_count += step if question.status == Status.ANSWERED else 0
        _regroup(question, step)


def _regroup(question: Question, step: int) -> None:
    (regrouping.bring_back if step > 0 else regrouping.let_go)(question)


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
