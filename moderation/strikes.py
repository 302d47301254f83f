"""Strikes: one for each text or profile that was against the rules, however many cases were about it."""

from __future__ import annotations

from sqlalchemy import select, update

from forum.core.database import now, transaction
from moderation import policy
from moderation.models import Case, Decision, Kind, Strike


def give(case: Case, decision: Decision) -> None:
    """Put a decision into the author's record, unless another one about the same text stands there already.

    A thread's opening post and the thread are one text. Joins the caller's transaction.
    """
    if not policy.is_strike(decision.outcome):
        return
    with transaction() as session:
        if any(each.strike is not None for each in _others(case, decision)):
            return
        session.add(Strike(user_id=case.author_id, decision_id=decision.id, created_at=decision.decided_at))


def overrule(case: Case, decision: Decision) -> None:
    """Let a decision that was taken back count no more; another one about the same text that stands counts instead."""
    with transaction() as session:
        found = session.execute(
            update(Strike)
            .where(Strike.decision_id == decision.id, Strike.overruled_at.is_(None))
            .values(overruled_at=now())
            .returning(Strike.id)
        ).first()
        heir = next((each for each in _others(case, decision) if each.strike is None), None)
        if found is not None and heir is not None:
            session.add(Strike(user_id=case.author_id, decision_id=heir.id, created_at=heir.decided_at))


def _others(case: Case, decision: Decision) -> list[Decision]:
    """Return the other decisions that stand against the same text, and could count, the oldest first."""
    if case.kind == Kind.PROFILE or case.post_id is None:
        return []
    with transaction() as session:
        query = select(Decision).join(Case).where(Case.post_id == case.post_id, Decision.id != decision.id)
        query = query.where(Decision.reversed_at.is_(None)).order_by(Decision.id)
        found = session.scalars(query).all()
    return [each for each in found if policy.is_strike(each.outcome) and _texts(each) & _texts(decision)]


def _texts(decision: Decision) -> set[int | None]:
    """Return the numbers of the text that was decided about: before and after a cut."""
    found = {decision.case.decided_revision}
    return found | {decision.undo["redacted"] - 1} if "redacted" in decision.undo else found
