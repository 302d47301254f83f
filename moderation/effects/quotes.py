"""Words that were cut out of a post may stand in quotes of it: each post that quotes them is a case of its own."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from forum.core.database import db, locked, now, transaction
from forum.core.jobs import sweeper
from forum.core.markup.unquoting import without_quotes
from forum.threads import cutting
from forum.threads.models import Post, State, Thread
from moderation import cases
from moderation.effects.queries import quoting
from moderation.models import Case, Decision, Outcome, Source

QUOTES_CUT = "quotes_cut"  # Case.held_reason of such a case
LOOKED_FOR = timedelta(days=1)  # how long the sweep comes back to a decision that it has not got to
AT_ONCE = 20
CASES_MOST = 50  # that one cut opens; a text that is quoted more often is looked for by hand


@sweeper
def look_for_quotes() -> None:
    """Open a case for every reply that quotes what a decision since LOOKED_FOR cut out. Safe to repeat."""
    query = select(Decision.id, Decision.facts).where(
        Decision.decided_at > now() - LOOKED_FOR, Decision.outcome == Outcome.EDIT_OUT
    )
    due = [row.id for row in db.session.execute(query.order_by(Decision.decided_at)) if "quotes" not in row.facts]
    for decision_id in due[:AT_ONCE]:
        _look(decision_id)


def _look(decision_id: int) -> None:
    decision = db.session.get(Decision, decision_id)
    if decision is None or decision.case.post is None:
        return
    post, opened = decision.case.post, 0
    with transaction():
        locked(Thread, post.thread_id)  # two cases about one post take turns
        present = locked(Decision, decision_id)
        if present is None or "quotes" in present.facts:
            return
        for other in quoting(post, CASES_MOST) if present.stands else ():
            opened += _open_case(other, present)
        present.facts = {**present.facts, "quotes": opened}


def _open_case(other: Post, decision: Decision) -> bool:
    """Open a case about a post that says again what was cut out, unless there is an open one; return whether it was."""
    gone = (decision.undo.get("former") or {}).get("gone", ())
    besides = without_quotes(other.body, decision.case.post_id or 0)
    if not any(cutting.says_again(piece, other.body, besides) for piece in gone) or other.state != State.VISIBLE:
        return False
    is_open = select(Case.id).where(Case.post_id == other.id, Case.decided_at.is_(None)).limit(1)
    if db.session.scalar(is_open) is not None:
        return False
    cases.open_case(other, Source.WATCHED, QUOTES_CUT)
    return True
