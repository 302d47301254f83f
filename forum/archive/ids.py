"""Which of a file's ids are rows of the database already, and which row each one is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import select

from forum.archive.origin import MODELS, Origin
from forum.archive.survey import Survey
from forum.core.database import db
from forum.threads.models import Post

CHUNK = 1000  # ids in one statement; SQLite takes 32,766
Item = TypeVar("Item")


def batches(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """Return the items in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


class Ids:
    """Translates the source's ids into the database's, for the rows that a file names and no others."""

    def __init__(self, found: Survey) -> None:
        posts = found.posts.values()
        named = {
            "person": {
                *found.people,
                *(t.fields["author"] for t in found.threads.values()),
                *(p.author for p in posts),
                *(p.chosen_by for p in posts if p.chosen_by),
            },
            "thread": {*found.threads, *(post.thread for post in posts)},
            "post": {*found.posts, *(post.parent for post in posts if post.parent)},
        }
        origin = Origin()
        self._rows: dict[str, dict[str, int]] = {"subtheme": {}}
        for kind, names in named.items():
            self._rows[kind] = _stored(MODELS[kind], names) | _own(origin, kind, names)

    def known(self, kind: str, source_id: str) -> bool:
        """Whether the row is in the database: from here, from an earlier import or from this one."""
        return source_id in self._rows[kind]

    def of(self, kind: str, source_id: str) -> int:
        """Return the row's id; KeyError when it is not known."""
        return self._rows[kind][source_id]

    def learn(self, kind: str, pairs: Iterable[tuple[Any, int]]) -> None:
        """Remember (source id, row id) of new rows."""
        self._rows[kind].update(pairs)

    def threads_of(self, posts: Iterable[str]) -> dict[str, int]:
        """Return {source id: row id of its thread} for posts that are known."""
        found: dict[str, int] = {}
        for batch in batches(posts, CHUNK):
            rows = {self.of("post", source_id): source_id for source_id in batch}
            query = select(Post.id, Post.thread_id).where(Post.id.in_(rows))
            found.update((rows[row_id], thread_id) for row_id, thread_id in db.session.execute(query))
        return found


def _stored(model: Any, names: Iterable[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for batch in batches(names, CHUNK):
        query = select(model.source_id, model.id).where(model.source_id.in_(batch))
        found.update((source_id, row_id) for source_id, row_id in db.session.execute(query))
    return found


def _own(origin: Origin, kind: str, names: Iterable[str]) -> dict[str, int]:
    """Find the rows written here that come back in an export of this forum."""
    wanted = {row_id: name for name in names if (row_id := origin.row_id(kind, name)) is not None}
    model = MODELS[kind]
    found: dict[str, int] = {}
    for batch in batches(wanted, CHUNK):
        query = select(model.id).where(model.id.in_(_fitting(batch)), model.source_id.is_(None))
        found.update((wanted[row_id], row_id) for row_id in db.session.scalars(query))
    return found


def _fitting(row_ids: Sequence[int]) -> list[int]:
    """Without numbers that no column holds (somebody may have written them into the file)."""
    return [row_id for row_id in row_ids if row_id < 2**31]
