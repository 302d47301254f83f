"""Putting a thread to the experts, and choosing *the* answer. What a moderator does there is in the public log."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from forum.accounts import ties
from forum.accounts.models import User
from forum.answers import policy
from forum.core import audit, signals
from forum.core.database import announce, db, locked, now, transaction
from forum.core.errors import NotFound, Refused, allow
from forum.notifications.actions import tell
from forum.threads import counters
from forum.threads.models import ChosenAnswer, Post, Thread
from forum.threads.policy import sees_thread


def ask(thread: Thread, by: User) -> bool:
    """Put the thread to the experts of its sub-theme; return whether it was not yet so. Raises Forbidden, NotFound."""
    with transaction():
        thread, by = present(thread.id, by.id)
        allow(policy.why_not_ask(by, thread))
        if thread.is_question:
            return False
        thread.asked_at, thread.asked_by_id, thread.asking_locked = now(), by.id, False
        _record("thread.asked", thread, by)
        return True


def withdraw(thread: Thread, by: User) -> bool:
    """Take the mark away again, and the choice of an answer with it; return whether it was a question.

    Where somebody else than the asker does it, only moderators set it again.
    """
    with transaction() as session:
        thread, by = present(thread.id, by.id)
        allow(policy.why_not_withdraw(by, thread))
        if not thread.is_question:
            return False
        if thread.chosen:
            _forget_choice(session, thread)
        thread.asked_at, thread.asked_by_id, thread.asking_locked = None, None, by.id != thread.author_id
        _record("thread.unasked", thread, by)
        return True


def choose(post: Post, by: User) -> bool:
    """Choose an expert's answer as *the* answer of its thread; return whether it was another one, or none.

    Its author is told. A lock of the choice stays. Raises Forbidden with the reason, NotFound.
    """
    with transaction() as session:
        thread, by = present(post.thread_id, by.id)
        present_post = locked(Post, post.id)
        if present_post is None:
            raise NotFound
        allow(policy.why_not_choose(by, thread, present_post))
        if thread.chosen and thread.chosen.post_id == post.id:
            return False
        chosen = thread.chosen = thread.chosen or ChosenAnswer(thread_id=thread.id)
        chosen.post_id, chosen.chosen_at, chosen.chosen_by_id = post.id, now(), by.id
        session.flush()
        counters.refresh_answered(thread)
        _record("thread.answered", thread, by, post=post.id)
        _tell_author(present_post, by)
        return True


def unchoose(thread: Thread, by: User) -> bool:
    """Say that the question is open again; return whether an answer was chosen."""
    with transaction() as session:
        thread, by = present(thread.id, by.id)
        allow(policy.why_not_change_answer(by, thread))
        if thread.chosen is None:
            return False
        former = thread.chosen.post_id
        _forget_choice(session, thread)
        _record("thread.unanswered", thread, by, post=former)
        return True


def lock_choice(thread: Thread, by: User, *, locked_now: bool) -> bool:
    """Let only moderators change the chosen answer, or the asker again too; return whether it was otherwise.

    Raises Refused where no answer is chosen.
    """
    with transaction():
        thread, by = present(thread.id, by.id)
        allow(policy.why_not_lock(by, thread))
        chosen = thread.chosen
        if chosen is None:
            raise Refused(_l("No answer is chosen here."))
        if chosen.is_locked == locked_now:
            return False
        chosen.locked_at, chosen.locked_by_id = (now(), by.id) if locked_now else (None, None)
        _record("thread.answer_locked" if locked_now else "thread.answer_unlocked", thread, by, post=chosen.post_id)
        return True


def present(thread_id: int, by_id: int) -> tuple[Thread, User]:
    """Return the locked thread and the person, both as they are now; NotFound for who does not see it."""
    thread, by = locked(Thread, thread_id), db.session.get(User, by_id, populate_existing=True)
    if thread is None or by is None or not sees_thread(by, thread):
        raise NotFound
    return thread, by


def _tell_author(post: Post, by: User) -> None:
    """Tell the expert, once for an answer, unless they chose it themselves or keep who chose it away."""
    if post.author_id != by.id and not ties.deaf_to(by.id, [post.author_id]):
        tell(post.author_id, "answer_chosen", f"answer_chosen:{post.id}", by.id, post.id)


def _forget_choice(session: Session, thread: Thread) -> None:
    session.delete(thread.chosen)
    session.flush()
    session.expire(thread, ["chosen"])
    thread.is_answered = False


def _record(act: str, thread: Thread, by: User, **facts: Any) -> None:
    """Write it into the public log where somebody else than the asker did it: then it was an act of office."""
    if by.id != thread.author_id:
        audit.record(act, by=by, scope=thread.subtheme.slug, target=f"thread:{thread.id}", facts=facts)
    announce(signals.thread_changed, thread_id=thread.id)
