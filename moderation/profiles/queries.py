"""Reading cases about profiles."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, defer

from forum.core.database import db
from moderation.models import Case, Decision, Flag, Kind

CLEARINGS_SEEN = 50  # of one person, the latest


def open_case_about(person_id: int, *, lock: bool = False) -> Case | None:
    """Return the open case about somebody's profile, under a row lock if wanted, or None."""
    query = select(Case).where(Case.author_id == person_id, Case.kind == Kind.PROFILE, Case.decided_at.is_(None))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    return db.session.scalar(query)


def own_open_flag(person_id: int, user_id: int) -> Flag | None:
    """Return the flag of `user_id` on the profile that waits for a decision, or None."""
    about = Case.author_id == person_id, Case.kind == Kind.PROFILE, Case.decided_at.is_(None)
    return db.session.scalar(select(Flag).join(Case).where(*about, Flag.flagger_id == user_id))


def cleared_since(person_id: int, revision: int, user_id: int, moment: datetime) -> bool:
    """Whether a flag of `user_id` on what the profile says now was answered with "keep" since `moment`."""
    query = (
        select(Flag.id)
        .join(Case)
        .where(
            Case.author_id == person_id,
            Case.kind == Kind.PROFILE,
            Case.decided_at > moment,
            Case.decided_revision == revision,
            Flag.flagger_id == user_id,
            Flag.upheld.is_(False),
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None


def decisions_about(person_id: int) -> Sequence[Decision]:
    """Return what was decided about somebody's profile, also what was taken back, the latest first."""
    query = (
        select(Decision)
        .join(Case)
        .where(Case.author_id == person_id, Case.kind == Kind.PROFILE)
        .options(
            contains_eager(Decision.case).options(
                defer(Case.frozen_body), defer(Case.frozen_html), defer(Case.findings)
            )
        )
        .order_by(Decision.id.desc())
        .limit(CLEARINGS_SEEN)
    )
    return db.session.scalars(query).all()
