"""Which of the latest public posts a screen would have met: a look before it is saved, bounded in posts and letters."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from sqlalchemy import func, select

from forum.core.database import db
from forum.threads.models import Post, State, Thread
from moderation.screens import findings
from moderation.screens.actions import Wanted
from moderation.screens.compiled import Book
from moderation.screens.findings import Finding
from moderation.screens.models import Kind, Screen
from moderation.screens.prepared import Text

POSTS_READ = 500
LETTERS_READ = 2_000  # of each post: a trial looks at a million letters at most
SHOWN = 20
_HREF = re.compile(r'href="((?:https?:|mailto:)[^"]{1,500})"')


@dataclass(frozen=True)
class Met:
    """A public post that the screen would have met, and where."""

    post_id: int
    title: str
    finding: Finding


@dataclass(frozen=True)
class Trial:
    """How many posts were looked at, how many were met, and the latest of these."""

    looked_at: int
    count: int
    shown: list[Met]


def try_on_latest(wanted: Wanted) -> Trial:
    """Return what the screen would have met in the latest public posts, newest first; one statement."""
    screen = Screen(id=0, kind=wanted.kind, words=wanted.words, action="hold", rule=wanted.rule, replacement="")
    book = Book.of([screen])
    rows = _latest(with_links=wanted.kind == Kind.DOMAIN)
    met = []
    for post_id, title, is_opening, plain, shown in rows:
        finding = _finding(book, title if is_opening else "", plain, _HREF.findall(shown or ""))
        if finding:
            met.append(Met(post_id, title, finding))
    return Trial(len(rows), len(met), met[:SHOWN])


def _finding(book: Book, title: str, plain: str, links: list[str]) -> Finding | None:
    for field, words, addresses in (("title", title, []), ("body", plain, [html.unescape(link) for link in links])):
        text = Text(words)
        if matches := book.matches(text, addresses):
            return findings.of_match(matches[0], text, field)
    return None


def _latest(*, with_links: bool) -> list[tuple[int, str, bool, str, str | None]]:
    shown = func.substr(Post.html, 1, 2 * LETTERS_READ) if with_links else None
    columns = [Post.id, Thread.title, Post.position == 1, func.substr(Post.plain, 1, LETTERS_READ)]
    query = (
        select(*columns, *([shown] if shown is not None else []))
        .join(Thread, Thread.id == Post.thread_id)
        .where(Post.state == State.VISIBLE, Thread.state == State.VISIBLE)
        .order_by(Post.id.desc())
        .limit(POSTS_READ)
    )
    return [(*row, None) if shown is None else tuple(row) for row in db.session.execute(query)]
