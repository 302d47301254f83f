"""The history of a post: its versions in order, each with what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from sqlalchemy import select

from forum.core.database import db
from forum.threads import diff, redaction
from forum.threads.models import Post, Revision
from forum.threads.sources import Source
from forum.threads.states import is_opening

PER_PAGE = 10  # versions compared on one page; they share the budget of one long comparison


@dataclass(frozen=True)
class Version:
    """One version of a post: its number, when it was written, and what it changed (`first`: nothing before it).

    sources: all of them where it changed any, else None; `note`: what it corrects, in its author's words
    """

    number: int
    written_at: datetime
    title: list[diff.Segment]
    body: list[diff.Segment]
    first: bool = False
    current: bool = False
    sources: list[Source] | None = None
    note: str = ""


@dataclass(frozen=True)
class _Text:
    number: int
    title: str
    body: str
    written_at: datetime
    sources: list[Source]
    note: str = ""


def versions(post: Post, after: int = 0, *, whole: bool = True) -> list[Version]:
    """Return up to PER_PAGE versions with numbers above `after`, oldest first, each compared with the one before.

    Without `whole` those that were replaced before the post was published are left out: nobody approved them; and
    those from before a moderator cut something out.
    """
    low = max(after, 1)
    texts = _texts(post, low, after + PER_PAGE, None if whole else post.published_at)
    if not whole and post.redacted_revision:
        texts = [text for text in texts if text.number >= post.redacted_revision]
    steps = diff.BUDGET // max(1, len(texts) - 1)
    first = [_first(texts[0], post)] if texts and (after == 0 or texts[0].number > low) else []
    return [*first, *_changes(texts, post, steps)]


def _texts(post: Post, low: int, high: int, published_at: datetime | None) -> list[_Text]:
    """Return the versions numbered `low` to `high` that stood after `published_at`; the last is the present text."""
    query = select(Revision).where(Revision.post_id == post.id, Revision.number.between(low, high))
    rows: Sequence[Revision] = db.session.scalars(query.order_by(Revision.number)).all()
    written = {row.number + 1: row.replaced_at for row in rows}
    texts = [
        _Text(row.number, row.title or "", row.body, written.get(row.number, post.created_at), row.sources)
        for row in rows
        if published_at is None or row.replaced_at > published_at
    ]
    if low <= post.revision <= high:
        title = post.thread.title if is_opening(post.thread, post) else ""
        at = written.get(post.revision) or redaction.replaced_at(post.id, post.revision) or post.created_at
        texts.append(_Text(post.revision, title, post.body, at, post.sources))
    notes = {row.number + 1: row.note for row in rows}
    return [replace(text, note=notes.get(text.number, "")) for text in texts]


def _first(text: _Text, post: Post) -> Version:
    title, body = ([diff.Segment(diff.SAME, words)] if words else [] for words in (text.title, text.body))
    current = text.number == post.revision
    return Version(text.number, text.written_at, title, body, True, current, text.sources or None)


def _changes(texts: list[_Text], post: Post, steps: int) -> list[Version]:
    return [
        Version(
            new.number,
            new.written_at,
            diff.segments(old.title, new.title, steps) if old.title != new.title else [],
            diff.segments(old.body, new.body, steps) if old.body != new.body else [],
            current=new.number == post.revision,
            sources=new.sources if new.sources != old.sources else None,
            note=new.note,
        )
        for old, new in pairwise(texts)
    ]
