"""Export of everything public in the interchange format, a row at a time, so that a large forum needs little memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import IO, Any

from sqlalchemy import Select, and_, func, select, text
from sqlalchemy.orm import aliased

from forum.accounts.models import Role, User
from forum.archive.origin import Origin
from forum.archive.records import OF_ANSWERS
from forum.core.database import db
from forum.subthemes.models import SubTheme
from forum.threads.models import ChosenAnswer, Post, State, Thread
from forum.threads.sources import pairs

CHUNK = 500
OURS = frozenset({"asked", *OF_ANSWERS})  # fields that other programs of this format need not know
_NOTHING: tuple[Any, ...] = ("", None, False, [])
Line = dict[str, Any]
_PUBLIC_THREAD = and_(
    Thread.state == State.VISIBLE,
    select(Post.id).where(Post.thread_id == Thread.id, Post.state == State.VISIBLE).exists(),
)
_PUBLIC_POST = and_(Thread.state == State.VISIBLE, Post.state == State.VISIBLE)


def export(
    file: IO[str], advance: Callable[[int, int], None] = lambda _done, _of: None, *, plain: bool = False
) -> dict[str, int]:
    """Write the forum's public content to `file`, an object a line, and return how many of each kind.

    A row that came from a source keeps its id. `advance` hears how many lines of how many are written. `plain` leaves
    out what only this forum knows (OURS), for programs that refuse it.
    """
    left_out = OURS if plain else frozenset()
    _freeze_view()
    counts: dict[str, int] = {}
    total, done = _line_count(), 0
    for kind, lines in _sections(Origin()):
        counts[kind] = 0
        for line in lines:
            told = {key: value for key, value in line.items() if value not in _NOTHING and key not in left_out}
            file.write(json.dumps({"kind": kind, **told}, ensure_ascii=False) + "\n")
            counts[kind] += 1
            done += 1
            if done % CHUNK == 0:
                advance(done, total)
    db.session.rollback()
    advance(total, total)
    return counts


def _freeze_view() -> None:
    """See one moment of the database in all statements, or a post might come without its thread. SQLite always does.

    The time limit of a page's statements does not hold here: sorting millions of posts takes longer.
    """
    db.session.rollback()
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        db.session.execute(text("SET LOCAL statement_timeout = 0"))


def _line_count() -> int:
    counts = [select(func.count()).select_from(model) for model in (User, SubTheme)]
    counts += [select(func.count()).select_from(Thread).where(_PUBLIC_THREAD)]
    counts += [select(func.count()).select_from(Post).join(Post.thread).where(_PUBLIC_POST)]
    return sum(db.session.scalar(query) or 0 for query in counts)


def _sections(origin: Origin) -> Iterator[tuple[str, Iterator[Line]]]:
    yield "person", _people(origin)
    yield "subtheme", _subthemes()
    yield "thread", _threads(origin)
    yield "post", _posts(origin)


def _rows(query: Select[*tuple[Any, ...]]) -> Iterator[Any]:
    yield from db.session.execute(query.execution_options(yield_per=CHUNK))


def _people(origin: Origin) -> Iterator[Line]:
    """An expert is told by their public answers: what an import can't tie to an answer it could not keep."""
    experts = select(Post.author_id).join(Post.thread).where(_PUBLIC_POST, Post.credential_id.is_not(None))
    query = select(
        User.id, User.source_id, User.username, User.display_name, User.created_at, User.role, User.bio, User.private,
        User.id.in_(experts).label("answers"),
    ).order_by(User.id)  # fmt: skip
    for user in _rows(query):
        role = "expert" if user.role == Role.NETIZEN and user.answers else str(user.role)
        yield {
            "id": origin.id("person", user.id, user.source_id),
            "username": user.username,
            "name": user.display_name,
            "created": _utc(user.created_at),
            "role": "" if role == Role.NETIZEN else role,
            "bio": "" if "bio" in user.private else user.bio,
        }


def _subthemes() -> Iterator[Line]:
    """A sub-theme's slug is its id: by it an import finds the one to join."""
    for subtheme in _rows(select(SubTheme.slug, SubTheme.name_en, SubTheme.name_zh).order_by(SubTheme.id)):
        names = {"en": subtheme.name_en, "zh": subtheme.name_zh}
        yield {"id": subtheme.slug, "slug": subtheme.slug, "name": names}


def _threads(origin: Origin) -> Iterator[Line]:
    query = (
        select(Thread, SubTheme.slug, User.source_id)
        .join(SubTheme, SubTheme.id == Thread.subtheme_id)
        .join(User, User.id == Thread.author_id)
        .where(_PUBLIC_THREAD)
        .order_by(Thread.created_at, Thread.id)
    )
    for thread, slug, author in _rows(query):
        yield {
            "id": origin.id("thread", thread.id, thread.source_id),
            "subtheme": slug,
            "author": origin.id("person", thread.author_id, author),
            "title": thread.title,
            "created": _utc(thread.created_at),
            "pinned": thread.is_pinned,
            "locked": thread.is_locked,
            "views": thread.views or None,
            "lang": thread.lang,
            "asked": _utc(thread.asked_at) if thread.asked_at else None,
        }


def _posts(origin: Origin) -> Iterator[Line]:
    """A post's time is when it could be seen, so that one that was held keeps its place after those before it."""
    parent, chooser = aliased(Post), aliased(User)
    shown_at = func.coalesce(Post.published_at, Post.created_at, type_=Post.created_at.type)
    query = (
        select(
            Post.id, Post.source_id, Post.thread_id, Post.author_id, Post.body, Post.edited_at, Post.lang, Post.score,
            Post.credential_id, shown_at.label("shown_at"),
            Thread.source_id.label("thread"), User.source_id.label("author"),
            parent.id.label("parent_id"), parent.source_id.label("parent"),
            Post.sources, Post.correction, Post.corrected_at,
            ChosenAnswer.chosen_at, ChosenAnswer.chosen_by_id, chooser.source_id.label("chooser"),
        )
        .join(Post.thread)
        .join(User, User.id == Post.author_id)
        .outerjoin(parent, and_(parent.id == Post.parent_id, parent.state == State.VISIBLE))
        .outerjoin(ChosenAnswer, and_(ChosenAnswer.post_id == Post.id, Thread.asked_at.is_not(None)))
        .outerjoin(chooser, chooser.id == ChosenAnswer.chosen_by_id)
        .where(_PUBLIC_POST)
        .order_by(shown_at, Post.id)
    )  # fmt: skip
    for post in _rows(query):
        yield {
            "id": origin.id("post", post.id, post.source_id),
            "thread": origin.id("thread", post.thread_id, post.thread),
            "author": origin.id("person", post.author_id, post.author),
            "parent": origin.id("post", post.parent_id, post.parent) if post.parent_id else None,
            "body": post.body,
            "created": _utc(post.shown_at),
            "edited": _utc(post.edited_at) if post.edited_at else None,
            "lang": post.lang,
            "score": post.score or None,
            "expert": post.credential_id is not None,
            **(_of_answer(post, origin) if post.credential_id else {}),
        }


def _of_answer(post: Any, origin: Origin) -> Line:
    """Return what an expert's answer carries; where a moderator has cut a source out, nothing tells of it."""
    return {
        "sources": [{"title": title, "address": address} for title, address in pairs(post.sources)],
        "correction": post.correction,
        "corrected": _utc(post.corrected_at) if post.corrected_at else None,
        "chosen": _utc(post.chosen_at) if post.chosen_at else None,
        "chosen_by": origin.id("person", post.chosen_by_id, post.chooser) if post.chosen_at else None,
    }


def _utc(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
