"""The directory of experts: who holds a credential in force, by sub-theme, sector and language, and what they answered.

Each list is walked along the index of a sub-theme's credentials; answers are counted up to MOST.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal, literal_column, select, tuple_
from sqlalchemy.orm import contains_eager, defer, joinedload

from forum.config import PAGE_SIZE
from forum.core.database import db
from forum.core.paging import LARGEST_ID, Page, after_cursor, cursor
from forum.experts.models import Credential
from forum.experts.queries import directory, in_force
from forum.subthemes.models import SubTheme
from forum.threads.counters import POST_VISIBLE
from forum.threads.lists import THREAD_VISIBLE
from forum.threads.models import Post

MOST = 100  # answers are counted up to this for a line of the directory


@dataclass(frozen=True)
class Choice:
    """What the directory is narrowed to; None and "" for everything."""

    subtheme: SubTheme | None = None
    sector: str = ""
    language: str = ""

    @property
    def arguments(self) -> dict[str, Any]:
        """The same as parts of an address."""
        said = {"sector": self.sector, "language": self.language}
        if self.subtheme:
            said["subtheme"] = self.subtheme.slug
        return {name: value for name, value in said.items() if value}

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """What holds for the credentials that fit, beside their sub-theme."""
        found = [Credential.sector == self.sector] if self.sector else []
        return [*found, Credential.languages.contains(self.language)] if self.language else found


@dataclass(frozen=True)
class Answered:
    """How many visible answers were given with a credential (at most MOST), and the latest one of them."""

    count: int
    latest: Post


def by_subtheme(subthemes: Sequence[SubTheme], choice: Choice, limit: int) -> dict[int, list[Credential]]:
    """Return {sub-theme id: the first `limit` credentials that fit}, longest held first; one statement for all."""
    return directory(subthemes, limit, choice.conditions)


def of_subtheme(subtheme: SubTheme, choice: Choice, after: str = "") -> Page[Credential]:
    """Return one page of the sub-theme's credentials that fit, longest held first, behind the cursor."""
    query = select(Credential).where(Credential.subtheme_id == subtheme.id, in_force(), *choice.conditions)
    if place := after_cursor(after):
        moment, row_id = literal(place[0], Credential.granted_at.type), literal(min(place[1], LARGEST_ID))
        query = query.where(tuple_(Credential.granted_at, Credential.id) > tuple_(moment, row_id))
    query = query.options(joinedload(Credential.user)).order_by(Credential.granted_at, Credential.id)
    found = db.session.scalars(query.limit(PAGE_SIZE + 1)).all()
    last = found[PAGE_SIZE - 1] if len(found) > PAGE_SIZE else None
    return Page(found[:PAGE_SIZE], cursor(last.granted_at, last.id) if last else "")


def answered(credentials: Iterable[Credential]) -> dict[int, Answered]:
    """Return what was answered with these credentials, by their ids; those without an answer are left out.

    Two statements for all, each along the index of somebody's answers.
    """
    ids = [credential.id for credential in credentials]
    if not ids:
        return {}
    given = (
        select(Post.id)
        .where(Post.author_id == Credential.user_id, Post.credential_id == Credential.id)
        .where(Post.credential_id.is_not(None), POST_VISIBLE)
        .correlate(Credential)
    )
    some = given.limit(MOST).subquery()
    count = select(func.count(literal_column("1"))).select_from(some).scalar_subquery()
    newest = given.order_by(Post.id.desc()).limit(1).scalar_subquery()
    rows = db.session.execute(select(Credential.id, count, newest).where(Credential.id.in_(ids))).all()
    posts = _with_threads([row[2] for row in rows if row[2]])
    return {row[0]: Answered(row[1], posts[row[2]]) for row in rows if row[2] in posts}


def _with_threads(post_ids: Sequence[int]) -> dict[int, Post]:
    if not post_ids:
        return {}
    query = select(Post).join(Post.thread).where(Post.id.in_(post_ids), THREAD_VISIBLE)
    query = query.options(contains_eager(Post.thread), defer(Post.body), defer(Post.html))
    return {post.id: post for post in db.session.scalars(query)}
