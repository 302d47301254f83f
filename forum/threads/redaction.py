"""A moderator cuts something out of a post: only away, never in. It is marked, and can be put back byte for byte."""

from __future__ import annotations

import re
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
from forum.core.text import guess_language
from forum.threads import counters, writing
from forum.threads.models import Post, Revision, State, Thread
from forum.threads.states import is_opening

MARK = "[…]"  # where something is missing
# The mark, a word, or any other single sign; Chinese and Japanese have no gaps between words, so each sign is one.
_OPENING = "([{<*_`~\"'“‘「『《（"
_TOKEN = re.compile(r"\[…\]|[^\W\u2e80-\U0003ffff]+|\S")


@dataclass(frozen=True)
class Cut:
    """A text without what is cut out of it, rendered; `title` is None where the post opens no thread."""

    revision: int
    body: str
    title: str | None
    shown: markup.Rendered


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
    return Cut(post.revision, shortened, heading, writing.rendered(shortened))


def _without(former: str, wanted: str) -> str:
    """Return `wanted` with the mark wherever words of `former` are missing; raise Refused if it has others.

    Spaces and line ends count for nothing, so that a gap may be closed.
    """
    old = [(found.group(), found.start()) for found in _TOKEN.finditer(former)]
    new = [(found.group(), found.start(), found.end()) for found in _TOKEN.finditer(wanted)]
    places = _places([token for token, _at in old], [token for token, _from, _to in new])
    said = [index for index, place in enumerate(places) if place is not None]
    if not said:
        return MARK if old else former
    if len(said) == len(old):
        return former  # nothing is missing, whatever else was typed
    cuts: list[int] = []  # behind which characters of `wanted` something is missing and no mark stands
    if places[said[0]] and said[0] == 0:
        cuts.append(new[0][1])
    for one, other in pairwise(said):
        if places[other] - places[one] > 1 and other - one == 1:  # type: ignore[operator]
            cuts.append(new[one][2])
    if places[said[-1]] < len(old) - 1 and said[-1] == len(new) - 1:  # type: ignore[operator]
        cuts.append(new[-1][2])
    return _marked(wanted, cuts) if cuts else wanted


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


def _marked(text: str, cuts: list[int]) -> str:
    """Put the mark behind these characters, with a gap where it would otherwise make a link of what follows."""
    parts, last = [], 0
    for cut in cuts:
        parts.append(text[last:cut])
        last = cut
    parts.append(text[last:])
    built = parts[0]
    for part in parts[1:]:
        before = "" if not built or built[-1].isspace() or built[-1] in _OPENING else " "
        after = " " if part and (part[0].isalnum() or part[0] in "([:") else ""
        built += f"{before}{MARK}{after}{part}"
    return built


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
            "revision": present.redacted_revision, "rule": present.redacted_rule,
        }  # fmt: skip
        session.add(
            Revision(
                post_id=present.id, number=present.revision, title=thread.title if opening else None,
                body=present.body, replaced_at=now(), replaced_by_id=by.id,
            )
        )  # fmt: skip
        writing.fill(present, cut.body, cut.shown)
        present.revision += 1
        present.redacted_revision, present.redacted_rule = present.revision, rule
        _call(thread, present, cut.title)
        return {"redacted": present.revision, "former": former}


def put_back(post: Post, undo: dict[str, Any], standing: tuple[int, str] | None) -> bool:
    """Let the post say again what it said before it was cut; False if its text has been changed since, and stays.

    `standing` is the number and rule of another cut that still stands. The history shows nothing of this one. Joins
    the caller's transaction.
    """
    post_id, thread_id = post.id, post.thread_id
    with transaction() as session:
        thread, present = locked(Thread, thread_id), locked(Post, post_id)
        if thread is None or present is None or present.state == State.DELETED:
            return False
        present.redacted_revision, present.redacted_rule = standing or (None, "")
        number = undo["redacted"]
        query = select(Revision).where(Revision.post_id == present.id, Revision.number == number - 1)
        row = session.scalar(query)
        if present.revision != number or row is None or undo.get("former") is None:
            return False
        former = undo["former"]
        present.body, present.html, present.plain = row.body, former["html"], former["plain"]
        present.lang, present.render_version = former["lang"], former["version"]
        present.revision += 1  # a number is never used twice: what was flagged or looked at has it
        session.delete(row)
        _call(thread, present, row.title)
        return True


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
