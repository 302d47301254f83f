"""Export of everything public in the interchange format, streamed, so that a large forum needs little memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import IO, Any
from urllib.parse import urlsplit

from sqlalchemy import Select, select

from forum.accounts.models import User
from forum.core.database import db
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme
from forum.threads.models import Post, State, Thread

CHUNK = 500
Line = dict[str, Any]


def export(file: IO[str], site_url: str) -> dict[str, int]:
    """Write the forum's public content to `file`, an object a line, and return how many of each kind.

    A row that came from a source keeps its id; one written here has this site's host before its number, so that
    the exports of two forums never collide.
    """
    lines = _Lines(urlsplit(site_url).netloc or "forum")
    counts: dict[str, int] = {}
    for kind, rows in lines.sections():
        counts[kind] = 0
        for line in rows:
            line = {"kind": kind, **{key: value for key, value in line.items() if value not in ("", None, False)}}
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
            counts[kind] += 1
    return counts


class _Lines:
    """Rows as lines; knows the exported id of every row that another one refers to."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._sources = {model: _sources(model) for model in (User, SubTheme, Thread, Post)}
        self._experts = set(db.session.scalars(select(Credential.user_id).distinct()))

    def sections(self) -> Iterator[tuple[str, Iterator[Line]]]:
        """Return each kind with its lines, in the order of the format."""
        threads = select(Thread).where(Thread.state == State.VISIBLE)
        posts = select(Post).join(Post.thread).where(Thread.state == State.VISIBLE, Post.state == State.VISIBLE)
        yield "person", map(self._person, _stream(select(User).order_by(User.id)))
        yield "subtheme", map(self._subtheme, _stream(select(SubTheme).order_by(SubTheme.id)))
        yield "thread", map(self._thread, _stream(threads.order_by(Thread.id)))
        yield "post", map(self._post, _stream(posts.order_by(Post.id)))

    def _id(self, model: Any, row_id: int) -> str:
        return self._sources[model].get(row_id) or f"{self._host}:{model.__tablename__[0]}{row_id}"

    def _person(self, user: User) -> Line:
        role = "expert" if user.role == "netizen" and user.id in self._experts else str(user.role)
        return {
            "id": self._id(User, user.id),
            "username": user.username,
            "name": user.display_name,
            "created": _utc(user.created_at),
            "role": "" if role == "netizen" else role,
            "bio": user.bio,
        }

    def _subtheme(self, subtheme: SubTheme) -> Line:
        names = {"en": subtheme.name_en, "zh": subtheme.name_zh}
        return {"id": self._id(SubTheme, subtheme.id), "slug": subtheme.slug, "name": names}

    def _thread(self, thread: Thread) -> Line:
        return {
            "id": self._id(Thread, thread.id),
            "subtheme": self._id(SubTheme, thread.subtheme_id),
            "author": self._id(User, thread.author_id),
            "title": thread.title,
            "created": _utc(thread.created_at),
            "pinned": thread.is_pinned,
            "locked": thread.is_locked,
            "views": thread.views or None,
            "lang": thread.lang,
        }

    def _post(self, post: Post) -> Line:
        return {
            "id": self._id(Post, post.id),
            "thread": self._id(Thread, post.thread_id),
            "author": self._id(User, post.author_id),
            "parent": self._public_parent(post),
            "body": post.body,
            "created": _utc(post.created_at),
            "edited": _utc(post.edited_at) if post.edited_at else None,
            "lang": post.lang,
            "score": post.score or None,
            "expert": post.credential_id is not None,
        }

    def _public_parent(self, post: Post) -> str | None:
        """A parent that is not public any more is not named."""
        if post.parent_id is None:
            return None
        state = db.session.scalar(select(Post.state).where(Post.id == post.parent_id))
        return self._id(Post, post.parent_id) if state == State.VISIBLE else None


def _sources(model: Any) -> dict[int, str]:
    return dict(
        db.session.execute(select(model.id, model.source_id).where(model.source_id.is_not(None))).tuples().all()
    )


def _stream(query: Select[Any]) -> Iterator[Any]:
    for row in db.session.scalars(query.execution_options(yield_per=CHUNK)):
        yield row


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ").replace(".000000Z", "Z")
