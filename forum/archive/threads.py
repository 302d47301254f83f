"""Threads and posts of a file become rows, a batch at a time, with their places, parents and counters."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, update
from sqlalchemy.orm import Session

from forum.archive.answers import beside, choose
from forum.archive.experts import Holder, credentials
from forum.archive.ids import Ids
from forum.archive.records import Record
from forum.archive.rendering import Text
from forum.archive.survey import PostPlace, Survey
from forum.archive.tallies import Tallies
from forum.core.database import transaction
from forum.core.text import guess_language
from forum.threads.models import Post, State, Thread

Batch = list[tuple[Record, Text]]


@dataclass(frozen=True)
class Links:
    """Children and parents by the one of the two that is written later: that is when they can be tied."""

    _due: dict[str, list[tuple[str, str]]]

    @staticmethod
    def of(order: list[PostPlace]) -> Links:
        """Return the links of the new posts, given in the order in which they are written."""
        rank = {post.id: number for number, post in enumerate(order)}
        due: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for post in order:
            if post.parent:
                later = post.parent if rank.get(post.parent, -1) > rank[post.id] else post.id
                due[later].append((post.id, post.parent))
        return Links(due)

    def due(self, batch: Batch) -> list[tuple[str, str]]:
        """Return (child, parent) of everything that can be tied once the batch is written."""
        return [pair for record, _text in batch for pair in self._due.get(record.id, ())]


def write_batch(found: Survey, batch: Batch, links: Links, ids: Ids) -> int:
    """Write posts, the threads that they open, and every counter they move in one transaction.

    Return how many threads are new. A killed import has whole batches only, so that the next one goes on from there.
    """
    with transaction() as session:
        opened = _open_threads(session, found, batch, ids)
        tallies = Tallies(session, (ids.of("thread", record.fields["thread"]) for record, _text in batch))
        worn = credentials(session, (answer for record, _text in batch for answer in _answers(record, tallies, ids)))
        rows = [_post_row(record, text, ids, worn, tallies) for record, text in batch]
        ids.learn("post", session.execute(insert(Post).returning(Post.source_id, Post.id), rows).all())
        choose(session, (record for record, _text in batch), ids, tallies)
        tallies.write()
        _tie(session, links.due(batch), ids)
    return opened


def _open_threads(session: Session, found: Survey, batch: Batch, ids: Ids) -> int:
    rows: dict[str, dict[str, Any]] = {}
    for record, text in batch:
        thread = record.fields["thread"]
        if thread not in rows and not ids.known("thread", thread):
            rows[thread] = _thread_row(found.threads[thread], text, ids)
    if rows:
        statement = insert(Thread).returning(Thread.source_id, Thread.id)
        ids.learn("thread", session.execute(statement, list(rows.values())).all())
    return len(rows)


def _thread_row(record: Record, opening: Text, ids: Ids) -> dict[str, Any]:
    """Return the row of a new thread; its posts will move its counters."""
    fields = record.fields
    created = fields["created"]
    return {
        "subtheme_id": ids.of("subtheme", fields["subtheme"]),
        "author_id": ids.of("person", fields["author"]),
        "title": fields["title"],
        "lang": fields.get("lang") or guess_language(fields["title"]) or guess_language(opening.plain),
        "created_at": created,
        "last_post_at": created,
        "views": fields.get("views", 0),
        "pinned_at": created if fields.get("pinned") else None,
        "locked_at": created if fields.get("locked") else None,
        "asked_at": fields.get("asked"),
        "source_id": record.id,
    }


def _answers(record: Record, tallies: Tallies, ids: Ids) -> list[tuple[Holder, Any]]:
    if not record.fields.get("expert"):
        return []
    return [(_holder(record, tallies, ids), record.fields["created"])]


def _holder(record: Record, tallies: Tallies, ids: Ids) -> Holder:
    thread = tallies.threads[ids.of("thread", record.fields["thread"])]
    return ids.of("person", record.fields["author"]), thread.subtheme_id


def _post_row(record: Record, text: Text, ids: Ids, worn: dict[Holder, int], tallies: Tallies) -> dict[str, Any]:
    """Return the row of a new post at the end of its thread. Nobody will be told of it; search owes it."""
    fields = record.fields
    created, expert = fields["created"], fields.get("expert", False)
    thread_id, author_id = ids.of("thread", fields["thread"]), ids.of("person", fields["author"])
    return {
        "thread_id": thread_id,
        "author_id": author_id,
        "position": tallies.add(thread_id, author_id, created, expert=expert),
        "credential_id": worn[_holder(record, tallies, ids)] if expert else None,
        "body": fields["body"],
        "html": text.html,
        "plain": text.plain,
        "render_version": text.version,
        "lang": fields.get("lang") or guess_language(text.plain),
        "state": State.VISIBLE,
        "created_at": created,
        "published_at": created,
        "edited_at": fields.get("edited"),
        "score": fields.get("score", 0),
        **beside(fields),
        "notified_at": created,
        "source_id": record.id,
    }


def _tie(session: Session, pairs: list[tuple[str, str]], ids: Ids) -> None:
    if not pairs:
        return
    statement = update(Post.__table__).where(Post.id == bindparam("child")).values(parent_id=bindparam("parent"))  # type: ignore[arg-type]
    rows = [{"child": ids.of("post", child), "parent": ids.of("post", parent)} for child, parent in pairs]
    session.connection().execute(statement, rows)
