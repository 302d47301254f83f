"""Records become rows, in bulk: free names, threads, posts with their places, and the counters they move."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any, Protocol, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.archive.records import Record
from forum.archive.rendering import Text
from forum.core.database import db, now
from forum.core.text import guess_language, skeleton
from forum.subthemes.models import SubTheme
from forum.threads.models import State, Thread

Item = TypeVar("Item")


class HasIds(Protocol):
    """Translates a source's ids."""

    def of(self, kind: str, source_id: str) -> int:
        """Return the database's id."""


def batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    """Return the items in lists of at most `size`."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def free_names(wanted: list[str]) -> list[str]:
    """Return a free username for each wanted one: itself, or with -2, -3 … when a look-alike has it already."""
    stems = {skeleton(name) for name in wanted}
    taken = set(db.session.scalars(select(User.username_key).where(User.username_key.in_(stems))))
    names = []
    for name in wanted:
        free, number = name, 1
        while skeleton(free) in taken:
            number += 1
            free = f"{name[:25]}-{number}"
            taken.update(db.session.scalars(select(User.username_key).where(User.username_key == skeleton(free))))
        taken.add(skeleton(free))
        names.append(free)
    return names


def thread_row(record: Record, ids: HasIds) -> dict[str, Any]:
    """Return the row of a new thread; its counters are moved by its posts."""
    fields = record.fields
    created = fields["created"]
    return {
        "subtheme_id": ids.of("subtheme", fields["subtheme"]),
        "author_id": ids.of("person", fields["author"]),
        "title": fields["title"],
        "lang": fields.get("lang") or guess_language(fields["title"]),
        "created_at": created,
        "last_post_at": created,
        "views": fields.get("views", 0),
        "pinned_at": created if fields.get("pinned") else None,
        "locked_at": created if fields.get("locked") else None,
        "source_id": record.id,
    }


def post_row(record: Record, text: Text, ids: HasIds, credentials: Any, tallies: Tallies) -> dict[str, Any]:
    """Return the row of a new post at the end of its thread, counted in `tallies`. Nobody will be told of it."""
    fields = record.fields
    thread_id, author_id = ids.of("thread", fields["thread"]), ids.of("person", fields["author"])
    credential_id = credentials(fields["author"], fields["thread"]) if fields.get("expert") else None
    return {
        "thread_id": thread_id,
        "author_id": author_id,
        "position": tallies.add(thread_id, author_id, fields["created"], expert=credential_id is not None),
        "credential_id": credential_id,
        "body": fields["body"],
        "html": text.html,
        "plain": text.plain,
        "render_version": text.version,
        "lang": fields.get("lang") or guess_language(fields["body"]),
        "state": State.VISIBLE,
        "created_at": fields["created"],
        "published_at": fields["created"],
        "edited_at": fields.get("edited"),
        "score": fields.get("score", 0),
        "notified_at": now(),
        "source_id": record.id,
    }


class Tallies:
    """The counters of threads, sub-themes and authors while a batch is written."""

    def __init__(self, session: Session, thread_ids: list[int]) -> None:
        """Load the threads of the batch under lock, so that replies meanwhile keep their places."""
        self._session = session
        query = select(Thread).where(Thread.id.in_(set(thread_ids))).order_by(Thread.id).with_for_update()
        self._threads = {
            thread.id: thread for thread in session.scalars(query.execution_options(populate_existing=True))
        }
        self._posts: Counter[int] = Counter()
        self._opened: Counter[int] = Counter()
        self._published: dict[int, int] = defaultdict(int)

    def add(self, thread_id: int, author_id: int, created: datetime, *, expert: bool) -> int:
        """Count one post and return its position in the thread."""
        thread = self._threads[thread_id]
        thread.last_position += 1
        if thread.last_position == 1:
            self._opened[thread.subtheme_id] += 1
        else:
            thread.reply_count += 1
        thread.expert_answer_count += expert
        if created >= thread.last_post_at:
            thread.last_post_at, thread.last_author_id = created, author_id
        self._posts[thread.subtheme_id] += 1
        self._published[author_id] += 1
        return thread.last_position

    def write(self) -> None:
        """Send all counters to the database, in the transaction of the posts."""
        self._session.flush()
        people = update(User.__table__).where(User.id == bindparam("who"))  # type: ignore[arg-type]
        people = people.values(published_count=User.published_count + bindparam("more"))
        subthemes = update(SubTheme.__table__).where(SubTheme.id == bindparam("which"))  # type: ignore[arg-type]
        subthemes = subthemes.values(
            post_count=SubTheme.post_count + bindparam("posts"),
            thread_count=SubTheme.thread_count + bindparam("threads"),
        )
        connection = self._session.connection()
        connection.execute(people, [{"who": who, "more": more} for who, more in self._published.items()])
        moved = [{"which": i, "posts": n, "threads": self._opened[i]} for i, n in self._posts.items()]
        connection.execute(subthemes, moved)
