"""A moderator cuts something out of a post: only away, never in. It is marked, and can be put back byte for byte."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from forum.accounts.models import User
from forum.core import markup, signals
from forum.core.database import announce, db, locked, now, transaction
from forum.core.errors import Refused
from forum.core.markup.unquoting import MARK
from forum.core.text import guess_language
from forum.threads import counters, writing
from forum.threads.models import Post, Revision, State, Thread
from forum.threads.states import is_opening

# The mark, a word, or any other single sign; Chinese and Japanese have no gaps between words, so each sign is one.
_OPENING = "([{<*_`~\"'“‘「『《（"
_TELLING = 4  # letters that make a piece known again; a sign of Chinese counts for two
_TOKEN = re.compile(r"\[…\]|[^\W\u2e80-\U0003ffff]+|\S")


@dataclass(frozen=True)
class Cut:
    """A text without what is cut out of it, rendered; `title` is None where the post opens no thread."""

    revision: int
    body: str
    title: str | None
    shown: markup.Rendered
    gone: tuple[str, ...] = ()  # the pieces that were cut out


def prepared(post: Post, body: str, title: str = "") -> Cut:
    """Return the text of `post` as it will be, checked and rendered (outside a transaction: it may take seconds).

    `body` and `title` are the moderator's: the author's words with some of them taken away; the forum puts the marks.
    Raises Refused where they add anything, take nothing away, or leave nothing.
    """
    opening = is_opening(post.thread, post)
    wanted = writing.clean_body(body) if body.strip() else ""
    shortened = _without(post.body, wanted)
    heading = _without(post.thread.title, writing.clean_title(title)) if opening and title.strip() else None
    if opening and heading is None:
        heading = post.thread.title
    if shortened == post.body and heading in (None, post.thread.title):
        raise Refused(_l("Take away what breaks the rule: the text is as it was."))
    if not any(token != MARK for token in _TOKEN.findall(shortened)):
        raise Refused(_l("Nothing would be left of the text. Remove the post instead."))
    gone = (*_gone(post.body, wanted), *(_gone(post.thread.title, title) if opening and title.strip() else ()))
    return Cut(post.revision, shortened, heading, writing.rendered(shortened), gone)


def _without(former: str, wanted: str) -> str:
    """Return `former` without the words that `wanted` lacks, the mark in their place; raise Refused if it has others.

    Spaces and line ends are the former text's: where something stands in a quotation, a list or code is the author's.
    """
    old = [(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(former)]
    new = [found.group() for found in _TOKEN.finditer(wanted)]
    kept = [place for place in _places([token for token, _from, _to in old], new) if place is not None]
    if not kept:
        return MARK if old else former
    built, behind = "", 0  # so many characters of `former` are told
    for last, place in zip([-1, *kept], kept, strict=False):
        _token, start, end = old[place]
        if place == last + 1:
            built += former[behind:start]
        else:
            built = _marked(
                built + _gap(former, behind), former[start - _gap_before(former, start) : start], former[start]
            )
        built += former[start:end]
        behind = end
    if kept[-1] == len(old) - 1:
        return built + former[behind:]
    return _marked(built + _gap(former, behind), "", "")


def _gone(former: str, wanted: str) -> list[str]:
    """Return the pieces of `former` that `wanted` lacks, each as it stood there."""
    old = [(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(former)]
    new = [found.group() for found in _TOKEN.finditer(wanted)]
    kept = [place for place in _places([token for token, _from, _to in old], new) if place is not None]
    return [
        former[old[one + 1][1] : old[other - 1][2]] for one, other in pairwise([-1, *kept, len(old)]) if other > one + 1
    ]


def says_again(piece: str, text: str, present: str) -> bool:
    """Whether `text` says a piece that was cut out more often than the `present` one does; case and marks don't count.

    A piece of few letters is in many a sentence, and says nothing alone.
    """
    words = _folded(piece)
    is_telling = sum(1 if each.isascii() else 2 for each in words) >= _TELLING
    return is_telling and f" {_folded(text)} ".count(f" {words} ") > f" {_folded(present)} ".count(f" {words} ")


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(token for token in _TOKEN.findall(plain) if token[0].isalnum())


def _gap(text: str, start: int) -> str:
    """Return the spaces and line ends that begin here."""
    rest = text[start:]
    return rest[: len(rest) - len(rest.lstrip())]


def _gap_before(text: str, end: int) -> int:
    """Return how many spaces and line ends stand before this place."""
    return end - len(text[:end].rstrip())


def _places(old: list[str], new: list[str]) -> list[int | None]:
    """Return for each of the new words which of the old ones it is, None for a mark; the ends are matched first.

    Raises Refused for a word that does not stand there, in this order.
    """
    tail = 0  # how many words at the end are the same: so one cut is found where it is, though words come twice
    while tail < min(len(old), len(new)) and old[-1 - tail] == new[-1 - tail] != MARK:
        tail += 1
    found: list[int | None] = []
    place = 0
    for index, token in enumerate(new):
        if index >= len(new) - tail:
            found.append(len(old) - (len(new) - index))
            continue
        if token == MARK:
            found.append(None)
            continue
        while place < len(old) - tail and old[place] != token:
            place += 1
        if place >= len(old) - tail:
            raise Refused(_l("Only take words away: “%(word)s” does not stand there in the author's text.", word=token))
        found.append(place)
        place += 1
    return found


def _marked(text: str, gap: str, sign: str) -> str:
    """Return the text with the mark behind it and then the gap; one where it would make a link of the next sign."""
    before = "" if not text or text[-1].isspace() or text[-1] in _OPENING else " "
    after = gap or (" " if sign and (sign.isalnum() or sign in "([:") else "")
    return f"{text}{before}{MARK}{after}"


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
        }  # fmt: skip
        session.add(
            Revision(
                post_id=present.id, number=present.revision, title=thread.title if opening else None,
                body=present.body, sources=present.sources, replaced_at=now(), replaced_by_id=by.id,
            )
        )  # fmt: skip
        writing.fill(present, cut.body, cut.shown)
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
