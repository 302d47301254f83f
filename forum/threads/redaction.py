"""A moderator cuts something out of a post: only away, never in. It is marked, and can be put back byte for byte."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from forum.accounts.models import User
from forum.core import markup, signals
from forum.core.database import announce, db, locked, now, transaction
from forum.core.errors import Refused
from forum.core.text import guess_language
from forum.threads import counters, cutting, writing
from forum.threads.beside import Beside, cut_beside
from forum.threads.models import Post, Revision, State, Thread
from forum.threads.states import is_opening


@dataclass(frozen=True)
class Cut:
    """A text without what is cut out of it, rendered, with what stands beside it; `title` is None where the post opens
    no thread.
    """

    revision: int
    body: str
    title: str | None
    shown: markup.Rendered
    beside: Beside
    gone: tuple[str, ...] = ()  # the pieces that were cut out


def prepared(post: Post, body: str, title: str = "", *, sources: Collection[int] = (), note: bool = False) -> Cut:
    """Return the text of `post` as it will be, checked and rendered (outside a transaction: it may take seconds).

    `body` and `title` are the moderator's: the author's words with some of them taken away; the forum puts the marks.
    `sources` are the places (from 0) of sources to cut, `note`: the correction note too.
    Raises Refused where they add anything, take nothing away, or leave nothing.
    """
    opening = is_opening(post.thread, post)
    wanted = writing.clean_body(body) if body.strip() else ""
    shortened = cutting.without(post.body, wanted)
    heading = cutting.without(post.thread.title, writing.clean_title(title)) if opening and title.strip() else None
    if opening and heading is None:
        heading = post.thread.title
    beside, gone_beside = cut_beside(post, sources, note=note)
    if shortened == post.body and heading in (None, post.thread.title) and not gone_beside:
        raise Refused(_l("Take away what breaks the rule: the text is as it was."))
    if not cutting.says_anything(shortened):
        raise Refused(_l("Nothing would be left of the text. Remove the post instead."))
    titled = cutting.pieces_gone(post.thread.title, title) if opening and title.strip() else ()
    gone = (*cutting.pieces_gone(post.body, wanted), *titled, *gone_beside)
    return Cut(post.revision, shortened, heading, writing.rendered(shortened), beside, gone)


def redact(post: Post, cut: Cut, by: User, rule: str) -> dict[str, Any] | None:
    """Put the shortened text in place and return what brings the former one back, or None if there is none to change.

    Joins the caller's transaction. Nobody but the author and moderators sees the former versions from now on.
    """
    post_id, thread_id = post.id, post.thread_id
    with transaction() as session:
        thread, present = locked(Thread, thread_id), locked(Post, post_id)
        if thread is None or present is None or present.revision != cut.revision or present.state == State.DELETED:
            return None
        opening = cut.title is not None
        former = {
            "html": present.html, "plain": present.plain, "lang": present.lang, "version": present.render_version,
            "revision": present.redacted_revision, "rule": present.redacted_rule, "gone": list(cut.gone),
            "correction": present.correction,
        }  # fmt: skip
        session.add(
            Revision(
                post_id=present.id, number=present.revision, title=thread.title if opening else None,
                body=present.body, sources=present.sources, replaced_at=now(), replaced_by_id=by.id,
            )
        )  # fmt: skip
        writing.fill(present, cut.body, cut.shown)
        present.sources, present.correction = cut.beside.sources, cut.beside.correction
        present.revision += 1
        present.redacted_revision, present.redacted_rule = present.revision, rule
        _call(thread, present, cut.title)
        return {"redacted": present.revision, "former": former}


@dataclass(frozen=True)
class Made:
    """A cut that was made once: the number of the text that it left, its rule, what `redact` returned of the former
    rendering (None: gone for good), and, once words were put back, which number says again what which one said."""

    number: int
    rule: str
    stands: bool
    former: Mapping[str, Any] | None
    back: tuple[int, int] | None = None


def put_back(post: Post, cuts: Sequence[Made]) -> tuple[int, int] | None:
    """Let the post say again what it said before the cuts on top of it that stand no more.

    `cuts` are all that were ever made in the post. A cut that stands keeps its mark, and the text as it left it; so
    does what the author wrote since. The history shows nothing of the cuts that are undone. Return the number that the
    text has now and the one that it had before, for Made.back, or None if it stays. Joins the caller's transaction.
    """
    post_id, thread_id = post.id, post.thread_id
    with transaction() as session:
        thread, present = locked(Thread, thread_id), locked(Post, post_id)
        if thread is None or present is None or present.state == State.DELETED:
            return None
        kept = max((cut for cut in cuts if cut.stands), key=lambda cut: cut.number, default=None)
        present.redacted_revision, present.redacted_rule = (kept.number, kept.rule) if kept else (None, "")
        undone = _on_top(present, cuts)
        if not undone:
            return None
        oldest, row = undone[-1]
        former = oldest.former or {}
        present.body, present.html, present.plain = row.body, former["html"], former["plain"]
        present.lang, present.render_version = former["lang"], former["version"]
        present.sources, present.correction = row.sources, former.get("correction", present.correction)
        present.revision += 1  # a number is never used twice: what was flagged or looked at has it
        for _cut, each in undone:
            session.delete(each)
        _call(thread, present, row.title)
        return present.revision, oldest.number - 1


def _on_top(post: Post, cuts: Sequence[Made]) -> list[tuple[Made, Revision]]:
    """Return the cuts that made the present text of a former one and stand no more, the latest first, with that text.

    A text that was put back has a number of its own, and is the one that it had been.
    """
    again = dict(cut.back for cut in cuts if cut.back)
    made = {cut.number: cut for cut in cuts}
    found: list[tuple[Made, Revision]] = []
    number = _first(post.revision, again)
    while (cut := made.get(number)) is not None and not cut.stands and cut.former is not None:
        query = select(Revision).where(Revision.post_id == post.id, Revision.number == number - 1)
        row = db.session.scalar(query)
        if row is None:
            break
        found.append((cut, row))
        number = _first(number - 1, again)
    return found


def _first(number: int, again: Mapping[int, int]) -> int:
    """Return the number that a text had when it was written."""
    while number in again:  # each leads to a smaller one
        number = again[number]
    return number


def _call(thread: Thread, post: Post, title: str | None) -> None:
    """Owe the index what changed, and say it."""
    post.index_version += 1
    if title is not None and title != thread.title:
        thread.title, thread.lang = title, guess_language(title) or post.lang
        counters.owe_index(thread.id)
        announce(signals.thread_changed, thread_id=thread.id)
    announce(signals.post_changed, post_id=post.id, thread_id=thread.id)


def forget_former(post_id: int, below: int) -> None:
    """Delete the versions before the number `below` for good: nobody can ask for them any more."""
    with transaction() as session:
        session.execute(delete(Revision).where(Revision.post_id == post_id, Revision.number < below))


def replaced_at(post_id: int, number: int) -> datetime | None:
    """Return when the version before this one was replaced, or None."""
    query = select(Revision.replaced_at).where(Revision.post_id == post_id, Revision.number < number)
    return db.session.scalar(query.order_by(Revision.number.desc()).limit(1))
