"""Experts' answers: those given lately, those given with one credential."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, defer, joinedload

from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.core.paging import Page, first_page
from forum.experts.models import Credential
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Post, Thread

ANSWERS = 10
LATELY = 200  # among how many of somebody's latest posts their answers are looked for: the page costs the same for all


def answered_lately(user_id: int) -> Sequence[Post]:
    """Return up to ten visible answers that the person gave as an expert lately, newest first, with their threads."""
    lately = select(Post.id).where(Post.author_id == user_id).order_by(Post.id.desc()).limit(LATELY).subquery()
    query = (
        select(Post)
        .join(Post.thread)
        .where(Post.id.in_(select(lately.c.id)), Post.credential_id.is_not(None), POST_VISIBLE, THREAD_VISIBLE)
        .options(
            contains_eager(Post.thread).options(joinedload(Thread.subtheme), joinedload(Thread.author)),
            defer(Post.body),
            defer(Post.html),
        )
        .order_by(Post.id.desc())
    )
    return db.session.scalars(query.limit(ANSWERS)).all()


def answers_with(credential: Credential, before: int | None = None) -> Page[Post]:
    """Return visible answers given with the credential, newest first, with ids below `before`, with their threads."""
    query = (
        select(Post)
        .join(Post.thread)
        .where(Post.author_id == credential.user_id, Post.credential_id == credential.id)
        .where(Post.credential_id.is_not(None), POST_VISIBLE, THREAD_VISIBLE)
        .options(contains_eager(Post.thread).joinedload(Thread.subtheme), defer(Post.body), defer(Post.html))
        .order_by(Post.id.desc())
    )
    if before is not None:
        query = query.where(Post.id < before)
    found = db.session.scalars(query.limit(PAGE_SIZE + 1)).all()
    return first_page(found, PAGE_SIZE)
