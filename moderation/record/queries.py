"""Reading somebody's record: two bounded statements, each along an index that begins with the person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import defer, joinedload

from forum.core.database import db, now
from forum.threads.models import Post
from moderation.models import Case, Decision, Strike
from moderation.record.steps import counts_for
from moderation.reports.models import MessageReport
from moderation.reports.queries import COUNTED

SHOWN, SHOWN_IN_A_CASE = 50, 10  # the latest; of each kind


@dataclass(frozen=True)
class Entry:
    """One decision in a record: about something public (`decision`), or about messages (`report`)."""

    decided_at: datetime
    lapses_at: datetime
    rule: str
    rules_version: int
    decision: Decision | None = None
    report: MessageReport | None = None

    @property
    def counts(self) -> bool:
        """Whether it still counts against the person."""
        return self.lapses_at > now()


@dataclass(frozen=True)
class Record:
    """The latest decisions that went against somebody and stand, newest first; `is_cut`: there may be older ones."""

    entries: Sequence[Entry]
    is_cut: bool

    @property
    def borne(self) -> list[Entry]:
        """Those that count."""
        return [entry for entry in self.entries if entry.counts]

    @property
    def lapsed(self) -> list[Entry]:
        """Those that count no more."""
        return [entry for entry in self.entries if not entry.counts]


def record_of(user_id: int, most: int = SHOWN) -> Record:
    """Return the person's record: at most `most` entries, without decisions that were taken back."""
    of_posts, of_messages, span = _strikes(user_id, most), _verdicts(user_id, most), counts_for()
    entries = [
        Entry(each.created_at, each.created_at + span, each.decision.rule, each.decision.rules_version, each.decision)
        for each in of_posts
    ]
    entries += [
        Entry(each.decided_at, each.decided_at + span, each.rule, each.rules_version, report=each)
        for each in of_messages
        if each.decided_at
    ]
    entries.sort(key=lambda entry: entry.decided_at, reverse=True)
    return Record(entries[:most], most in (len(of_posts), len(of_messages)) or len(entries) > most)


def _strikes(user_id: int, most: int) -> Sequence[Strike]:
    post = joinedload(Case.post).load_only(Post.id, Post.state, Post.state_at)
    case = joinedload(Decision.case).options(
        defer(Case.frozen_body), defer(Case.frozen_html), defer(Case.findings), post
    )
    query = select(Strike).where(Strike.user_id == user_id, Strike.overruled_at.is_(None))
    query = query.options(joinedload(Strike.decision).options(case))
    return db.session.scalars(query.order_by(Strike.id.desc()).limit(most)).all()


def _verdicts(user_id: int, most: int) -> Sequence[MessageReport]:
    query = select(MessageReport).where(MessageReport.author_id == user_id, MessageReport.verdict.in_(COUNTED))
    query = query.where(MessageReport.reversed_at.is_(None))
    query = query.options(defer(MessageReport.copies), defer(MessageReport.note))
    return db.session.scalars(query.order_by(MessageReport.id.desc()).limit(most)).all()
