"""What was decided about stays as it was until nobody can appeal any more: its author left with it, or it was cut."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, update

from forum.config import APPEAL_WINDOW
from forum.core.database import locked, now, transaction
from forum.core.jobs import sweeper
from forum.threads import departing, redaction
from moderation.appeals import queries
from moderation.effects import queries as effects
from moderation.models import Case, Decision, Outcome

AT_ONCE = 100
BLANK: dict[str, Any] = {"frozen_title": "", "frozen_body": "", "frozen_html": "", "findings": [], "frozen_facts": {}}


def is_needed(post_id: int) -> bool:
    """Whether the text of a post that was taken out of sight may still be asked for by an appeal."""
    return queries.holds_evidence(post_id, now() - APPEAL_WINDOW)


def set_aside(case_ids: list[int]) -> None:
    """Let those of the cases whose evidence is needed keep it until their window ends; joins the caller's transaction.

    `forget_due` blanks them then, or when their appeal is decided.
    """
    with transaction() as session:
        for case_id, decided_at in queries.with_evidence(case_ids, now() - APPEAL_WINDOW):
            session.execute(update(Case).where(Case.id == case_id).values(forget_at=decided_at + APPEAL_WINDOW))


@sweeper
def forget_due() -> None:
    """Blank the texts whose time is over, and take back the posts that were kept with them. Safe to repeat."""
    for found in queries.forgettable(now(), AT_ONCE):
        forget(found.id, found.post_id)


def forget(case_id: int, post_id: int | None) -> None:
    """Blank one case's texts. What was cut out of its post goes; a post whose author left with it is taken back, unless
    another case still needs it."""
    with transaction() as session:
        case = locked(Case, case_id)
        if case is None:
            return
        session.execute(update(Case).where(Case.id == case_id).values(**BLANK, forget_at=None))
        has_left, decision = case.author.is_closed, case.decision
        if post_id is not None and decision is not None and decision.stands and "redacted" in decision.undo:
            redaction.forget_former(post_id, below=decision.undo["redacted"])
            under = [
                each for each in effects.redactions_of(post_id) if each.undo["redacted"] < decision.undo["redacted"]
            ]
            forget_cuts([each.case_id for each in under])  # their texts went with it
        forget_cuts([case_id])
    if post_id is not None and has_left:
        departing.take_back(post_id)


def forget_cuts(case_ids: Collection[int]) -> None:
    """Forget how texts looked before something was cut out of them, whether the cut stands or not; joins the caller."""
    cuts = select(Decision).where(Decision.case_id.in_(case_ids), Decision.outcome == Outcome.EDIT_OUT)
    with transaction() as session:
        for decision in session.scalars(cuts):
            if decision.undo.get("former") is not None:
                decision.undo = {**decision.undo, "former": None}
