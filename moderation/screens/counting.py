"""How often a screen met a text, and what came of the question before insults: numbers only, nobody's words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from forum.core.database import db, now, transaction
from forum.threads.screening import Draft, Verdict
from moderation.screens.models import NudgeCount, Screen


def count_taken(draft: Draft, verdict: Verdict) -> None:
    """Count the screens that a text met, and whether its author reworded it after the question, or did not."""
    with transaction():
        count_hits(verdict.findings)
        if draft.answer:
            _count_nudge("insisted" if draft.answer == "same" else "reworded", draft.asked_by)


def count_turned(draft: Draft, verdict: Verdict) -> None:
    """Count the screens of a text that was not taken; a question counts once, however often the text is reworded."""
    asks = verdict.message is None and verdict.question is not None and not draft.answer
    with transaction():
        if not (draft.answer and verdict.question is not None):
            count_hits(verdict.findings)
        if asks:
            _count_nudge("asked", verdict.code)


def count_hits(found: tuple[dict[str, Any], ...]) -> None:
    """Count each screen once for one text; the rows are taken in the order of their ids."""
    met = sorted({each["id"] for each in found if each["id"]})
    with transaction() as session:
        for screen_id in met:
            hit = update(Screen).where(Screen.id == screen_id).values(hits=Screen.hits + 1, hit_at=now())
            session.execute(hit, execution_options={"synchronize_session": False})


def _count_nudge(what: str, code: str) -> None:
    """Count what came of a question: about watched words, or (code "learned") about what looks like removed posts."""
    name = f"{what}_{code}" if code else what
    with transaction() as session:
        if not _counted(name):
            try:
                with session.begin_nested():
                    session.add(NudgeCount(month=_month(), **{"asked": 0, "reworded": 0, "insisted": 0, name: 1}))
            except IntegrityError:  # the month's first one came this very moment in another process
                _counted(name)


def _counted(name: str) -> bool:
    column = getattr(NudgeCount, name)
    counted = update(NudgeCount).where(NudgeCount.month == _month()).values({column: column + 1})
    done = db.session.execute(counted, execution_options={"synchronize_session": False})
    return bool(done.rowcount)  # type: ignore[attr-defined]


def _month() -> str:
    return now().strftime("%Y-%m")
