"""Drafts of experts' answers: saved, found again, thrown away, and gone once the answer is sent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select
from sqlalchemy.orm import joinedload

from forum.accounts.models import User
from forum.core import expiry
from forum.core.database import db, locked, now, transaction
from forum.core.errors import NotFound, Refused, allow
from forum.experts import queries as experts
from forum.threads import plugs, policy, sources, writing
from forum.threads.models import AnswerDraft, Post, Thread

MOST = 20  # drafts of one person
KEPT = timedelta(days=180)  # since it was saved last; then it is forgotten
SHOWN = 2 * MOST  # a merge of two accounts may bring more together

# Rooms that lead threads say where an answer to this post is written: the address of that form, or None.
places: list[Callable[[AnswerDraft], str | None]] = []


def save(
    thread: Thread, author: User, body: str, parent: Post | None = None, listed: Iterable[tuple[str, str]] = ()
) -> AnswerDraft:
    """Keep what the expert has written so far as an answer to `parent`, a post of the thread, in place of what was.

    Sources are kept as typed; they are checked when the answer is sent. Raises Refused for a text that is empty or
    too long and for more than MOST drafts, Forbidden for who can't answer as an expert there now, NotFound.
    """
    body, rows = writing.clean_body(body), sources.as_typed(listed)
    with transaction() as session:
        person, present = locked(User, author.id), session.get(Thread, thread.id, populate_existing=True)
        if person is None or present is None or not policy.sees_thread(person, present):
            raise NotFound
        allow(why_not_answer(person, present))
        draft = _draft_to(parent.id if parent else _opening_of(present.id), person)
        draft.body, draft.sources, draft.saved_at = body, [list(row) for row in rows], now()
        session.add(draft)
        return draft


def _draft_to(post_id: int, person: User) -> AnswerDraft:
    """Return the person's draft of an answer to this post, or a new one where there is room. Their row is locked."""
    mine = select(AnswerDraft).where(AnswerDraft.user_id == person.id)
    if (draft := db.session.scalar(mine.where(AnswerDraft.parent_id == post_id))) is not None:
        return draft
    if (db.session.scalar(select(func.count()).select_from(mine.subquery())) or 0) >= MOST:
        raise Refused(_l("You keep %(most)s drafts already. Send or discard one of them first.", most=MOST))
    return AnswerDraft(user_id=person.id, parent_id=post_id)


def _opening_of(thread_id: int) -> int:
    """Return the thread's first post: whatever answers no other post answers this one."""
    return db.session.scalars(select(Post.id).where(Post.thread_id == thread_id, Post.position == 1)).one()


def why_not_answer(person: User, thread: Thread) -> Any | None:
    """Say why the person may not answer there as an expert now: only answers of experts are kept as drafts."""
    if not thread.takes_experts or not experts.usable(person, thread.subtheme_id):
        return _l("You have no credential with which you could answer here now.")
    return policy.why_not_reply(person, thread)


def discard(draft_id: int, by: User) -> None:
    """Throw the person's draft away. Raises NotFound for another's, and for one that is gone."""
    with transaction() as session:
        if (draft := own(draft_id, by)) is None:
            raise NotFound
        session.delete(draft)


def own(draft_id: int, viewer: User) -> AnswerDraft | None:
    """Return the person's draft with its thread, or None."""
    query = select(AnswerDraft).where(AnswerDraft.id == draft_id, AnswerDraft.user_id == viewer.id)
    return db.session.scalar(query.options(_with_thread()))


def answering(parent_id: int, viewer: User) -> AnswerDraft | None:
    """Return the person's draft of an answer to this post, or None; no query for who is no expert."""
    query = select(AnswerDraft).where(AnswerDraft.parent_id == parent_id, AnswerDraft.user_id == viewer.id)
    return db.session.scalar(query) if viewer.is_expert else None


def of_person(user_id: int) -> Sequence[AnswerDraft]:
    """Return the person's drafts with their threads, the latest first."""
    query = select(AnswerDraft).where(AnswerDraft.user_id == user_id).options(_with_thread())
    return db.session.scalars(query.order_by(AnswerDraft.saved_at.desc(), AnswerDraft.id.desc()).limit(SHOWN)).all()


def _with_thread() -> Any:
    return joinedload(AnswerDraft.parent).joinedload(Post.thread).joinedload(Thread.subtheme)


def forget_sent(post: Post, draft_id: int | None = None) -> None:
    """Forget the draft that became this answer: the one named, and that to the same post. In the post's transaction."""
    if post.author.is_expert:
        opening = select(Post.id).where(Post.thread_id == post.thread_id, Post.position == 1).scalar_subquery()
        to = post.parent_id or opening
        sent = (AnswerDraft.parent_id == to) | (AnswerDraft.id == draft_id)
        db.session.execute(delete(AnswerDraft).where(AnswerDraft.user_id == post.author_id, sent))


def forget_answers_to(post: Post) -> None:
    """Forget the drafts of answers to a post whose words are taken away: they may quote them. In its transaction."""
    db.session.execute(delete(AnswerDraft).where(AnswerDraft.parent_id == post.id))


plugs.on_replied.append(forget_sent)
plugs.on_emptied.append(forget_answers_to)
expiry.forget(AnswerDraft, lambda: AnswerDraft.saved_at <= now() - KEPT)
