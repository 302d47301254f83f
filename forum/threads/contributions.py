"""How much somebody has contributed: three numbers for their page."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from forum.accounts.models import User
from forum.core.database import db
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Post, Thread

MOST = 1_000  # threads and answers are counted up to this, so that the page costs the same for everybody


@dataclass(frozen=True)
class Contributions:
    """Visible posts, threads begun and answers given as an expert; the last two at most MOST."""

    posts: int
    threads: int
    answers: int


def of_person(person: User) -> Contributions:
    """Return the person's numbers, in one statement that reads some thousand entries of two indexes at most."""
    threads = select(Thread.id).where(Thread.author_id == person.id, THREAD_VISIBLE).limit(MOST).subquery()
    given = Post.credential_id.is_not(None)
    answers = select(Post.id).where(Post.author_id == person.id, given, POST_VISIBLE).limit(MOST).subquery()
    counted = [select(func.count()).select_from(found).scalar_subquery() for found in (threads, answers)]
    row = db.session.execute(select(*counted)).one()
    return Contributions(person.published_count, row[0], row[1])
