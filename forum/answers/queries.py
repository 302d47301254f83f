"""Reading what this room tells and shows."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import exists, literal_column, or_, select
from sqlalchemy.orm import contains_eager, joinedload

from forum.accounts import ties
from forum.accounts.models import Person, Standing, User
from forum.answers.models import ExpertInvitation
from forum.core.database import db, now
from forum.experts.models import Credential
from forum.experts.queries import in_force
from forum.notifications.models import Notification
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Post, Thread

OFFERED = 50  # experts of a sub-theme whom the page of invitations lists
ON_DESK = 20


def author_of(post_id: int | None) -> list[int]:
    """Return who wrote the post, as a list of one; an empty one for none."""
    return list(db.session.scalars(select(Post.author_id).where(Post.id == post_id))) if post_id else []


def with_unread_correction(thread_id: int, user_ids: Collection[int]) -> set[int]:
    """Return those of the people who have an unread notice of a correction in the thread: they will see the next too.

    Unread notices are found by whose they are.
    """
    query = (
        select(Notification.user_id)
        .join(Post, Post.id == Notification.post_id)
        .where(Notification.user_id.in_(user_ids), Notification.read_at.is_(None))
        .where(Notification.kind == "correction", Post.thread_id == thread_id)
    )
    return set(db.session.scalars(query)) if user_ids else set()


def corrections_owing(after: int, limit: int) -> list[int]:
    """Return the next visible answers with a correction that nobody was told of, by id."""
    visible = Post.state == literal_column("'visible'")
    query = select(Post.id).where(Post.correction_told_at.is_(None), Post.corrected_at.is_not(None), visible)
    return list(db.session.scalars(query.where(Post.id > after).order_by(Post.id).limit(limit)))


def opening_of(thread_id: int) -> int | None:
    """Return the id of the thread's first post."""
    return db.session.scalar(select(Post.id).where(Post.thread_id == thread_id, Post.position == 1))


def invitations_by(inviter_id: int, thread_id: int) -> Sequence[ExpertInvitation]:
    """Return whom the person has invited to the thread, in their order, with the experts."""
    query = select(ExpertInvitation).options(joinedload(ExpertInvitation.expert))
    query = query.where(ExpertInvitation.inviter_id == inviter_id, ExpertInvitation.thread_id == thread_id)
    return db.session.scalars(query.order_by(ExpertInvitation.id)).all()


def declined_in(thread_id: int, expert_ids: Collection[int]) -> dict[int, datetime]:
    """Return when those of the experts declined who did so in this thread, whoever had invited them."""
    query = select(ExpertInvitation.expert_id, ExpertInvitation.declined_at).where(
        ExpertInvitation.thread_id == thread_id,
        ExpertInvitation.expert_id.in_(expert_ids),
        ExpertInvitation.declined_at.is_not(None),
    )
    return {row.expert_id: row.declined_at for row in db.session.execute(query)}


def invitable(viewer: Person, thread: Thread) -> list[Credential]:
    """Return credentials of the experts of the thread's sub-theme who can answer now, one for each, longest held first.

    Not the viewer, nor whom they block, nor who asked or has answered in the thread already; at most OFFERED.
    """
    answered = exists().where(
        Post.thread_id == thread.id, Post.author_id == Credential.user_id, Post.credential_id.is_not(None), POST_VISIBLE
    )
    query = (
        select(Credential)
        .join(Credential.user)
        .where(Credential.subtheme_id == thread.subtheme_id, in_force())
        .where(User.standing == Standing.ACTIVE)
        .where(*(or_(until.is_(None), until < now()) for until in (User.suspended_until, User.silenced_until)))
        .where(User.id.not_in((viewer.id, thread.author_id)), ~ties.blocks(viewer.id, User.id), ~answered)
        .options(contains_eager(Credential.user))
        .order_by(Credential.granted_at, Credential.id)
    )
    found: dict[int, Credential] = {}
    for credential in db.session.scalars(query.limit(OFFERED)):
        found.setdefault(credential.user_id, credential)
    return list(found.values())


def has_answered(thread_id: int, user_ids: Collection[int]) -> set[int]:
    """Return those of the people who have a visible answer as an expert in the thread."""
    query = select(Post.author_id).where(Post.thread_id == thread_id, Post.credential_id.is_not(None), POST_VISIBLE)
    return set(db.session.scalars(query.where(Post.author_id.in_(user_ids)))) if user_ids else set()


def open_invitations(expert: User) -> list[ExpertInvitation]:
    """Return the invitations that wait for the expert, the latest first, one for each thread, at most ON_DESK.

    Of public questions that they can answer now and have not answered yet, and not from people whom they keep away.
    """
    answered = exists().where(
        Post.thread_id == ExpertInvitation.thread_id, Post.author_id == expert.id, Post.credential_id.is_not(None)
    )
    holds = exists().where(Credential.user_id == expert.id, Credential.subtheme_id == Thread.subtheme_id, in_force())
    mine = select(ExpertInvitation).join(ExpertInvitation.thread)
    query = (
        mine.where(ExpertInvitation.expert_id == expert.id, ExpertInvitation.declined_at.is_(None), ~answered)
        .where(THREAD_VISIBLE, Thread.asked_at.is_not(None), Thread.locked_at.is_(None), holds)
        .options(contains_eager(ExpertInvitation.thread).joinedload(Thread.subtheme))
        .options(joinedload(ExpertInvitation.inviter))
        .order_by(ExpertInvitation.id.desc())
    )
    found: dict[int, ExpertInvitation] = {}
    for invitation in db.session.scalars(query.limit(ON_DESK)):
        found.setdefault(invitation.thread_id, invitation)
    kept = ties.among(expert.id, {each.inviter_id for each in found.values()})
    return [each for each in found.values() if each.inviter_id not in kept]
