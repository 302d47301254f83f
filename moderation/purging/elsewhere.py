"""Words that an administrator names, in what was written about other posts: looked for, and taken out with a purge."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Text, and_, cast, func, null, or_, select, update

from forum.core.database import db, transaction
from forum.core.errors import Refused
from forum.core.markup.unquoting import MARK
from forum.threads.models import Post, Thread
from moderation.appeals.models import Appeal
from moderation.bulk.models import BulkAct
from moderation.models import Case, Decision, Flag
from moderation.notes.models import CaseNote
from moderation.visitors.models import VisitorFlag

MOST_WORDS = 10
MOST_TEXTS = 50  # with more the words are no name and no number, and the harm to others would be great
LEAST_LETTERS = 3  # a sign of Chinese counts for two
POSTS_SHOWN = 20
_APPEALED = select(Decision.case_id).where(Decision.id == Appeal.decision_id).scalar_subquery()
_TEXTS: tuple[tuple[Any, str, Any], ...] = (  # model, column, of which case
    (Flag, "note", Flag.case_id),
    (VisitorFlag, "note", null()),
    (CaseNote, "body", CaseNote.case_id),
    (Decision, "reason", Decision.case_id),
    (BulkAct, "reason", null()),
    (Appeal, "words", _APPEALED),
    (Appeal, "reply", _APPEALED),
)


@dataclass(frozen=True)
class Found:
    """Where the words stand: ids of texts by model and column, the cases of these, and posts, which stay."""

    words: tuple[str, ...] = ()
    texts: Mapping[tuple[Any, str], Sequence[int]] = field(default_factory=dict)
    cases: tuple[int, ...] = ()
    posts: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many texts hold one of the words."""
        return sum(map(len, self.texts.values()))


def find(typed: str, post_id: int) -> Found:
    """Return where the words, one a line, stand outside of the cases of the post; reads every text, nothing is locked.

    Raises Refused for words too short or too many, and where more than MOST_TEXTS hold one.
    """
    words = tuple(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
    if not words:
        return Found()
    if len(words) > MOST_WORDS or any(_letters(each) < LEAST_LETTERS for each in words):
        raise Refused(_l("At most 10 lines, each of at least 3 letters or 2 Chinese characters."))
    own = set(db.session.scalars(select(Case.id).where(Case.post_id == post_id)))
    texts: dict[tuple[Any, str], Sequence[int]] = {}
    cases: set[int] = set()
    for model, name, case_id in _TEXTS:
        query = select(model.id, case_id).where(_holds(getattr(model, name), words)).order_by(model.id)
        rows = [row for row in db.session.execute(query.limit(MOST_TEXTS + len(own) + 1)) if row[1] not in own]
        texts[model, name] = [row[0] for row in rows]
        cases |= {row[1] for row in rows if row[1] is not None}
    found = Found(words, texts, tuple(sorted(cases)), _posts(words, post_id))
    if found.count > MOST_TEXTS:
        raise Refused(_l("More than 50 notes, reasons and appeals hold one of these words. Choose rarer ones."))
    return found


def take(found: Found) -> int:
    """Put MARK in place of the texts that still hold one of the words, return how many; joins the caller."""
    taken = 0
    with transaction() as session:
        for (model, name), ids in found.texts.items():
            holding = model.id.in_(ids), _holds(getattr(model, name), found.words)
            done = session.execute(
                update(model).where(*holding).values({name: MARK}), execution_options={"synchronize_session": False}
            )
            taken += done.rowcount  # type: ignore[attr-defined]
        session.expire_all()
    return taken


def _posts(words: Sequence[str], but_not: int) -> tuple[int, ...]:
    titled = and_(Post.position == 1, _holds(Thread.title, words))
    as_json = [json.dumps(each)[1:-1] for each in words]  # other letters than ASCII stand there as numbers
    said = _holds(Post.body, words) | _holds(Post.correction, words) | _holds(cast(Post.sources, Text), as_json)
    query = select(Post.id).join(Thread).where(Post.id != but_not, said | titled)
    return tuple(db.session.scalars(query.order_by(Post.id).limit(POSTS_SHOWN)))


def _holds(column: Any, words: Sequence[str]) -> ColumnElement[bool]:
    """Whether a text holds one of the words; of letters with accents SQLite doesn't know the other case."""
    lowered = func.lower(column)
    return or_(
        *(column.contains(each, autoescape=True) for each in words),
        *(lowered.contains(each.lower(), autoescape=True) for each in words),
    )


def _letters(word: str) -> int:
    return sum(1 if each.isascii() else 2 for each in word if each.isalnum())
