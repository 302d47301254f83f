"""What others wrote about a post in its cases: in which columns it stands, and that it goes with the post's words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select, update

from forum.core.database import db, transaction
from forum.core.markup.unquoting import MARK
from moderation.appeals.models import Appeal
from moderation.bulk.models import BulkAct
from moderation.models import Case, Decision, Flag
from moderation.notes.models import CaseNote
from moderation.visitors.models import VisitorFlag

Place = tuple[Any, str, ColumnElement[bool]]


def places(post_id: int) -> tuple[Place, ...]:
    """Return where words of others about the post stand: model, column, which rows.

    A reason that was given for several cases at once stands with each of them, and in the list of what was done.
    """
    cases = select(Case.id).where(Case.post_id == post_id)
    bulk = select(Decision.bulk_id).where(Decision.case_id.in_(cases), Decision.bulk_id.is_not(None))
    appealed = Appeal.decision_id.in_(select(Decision.id).where(Decision.case_id.in_(cases)))
    return (
        (Flag, "note", Flag.case_id.in_(cases)),
        (VisitorFlag, "note", VisitorFlag.post_id == post_id),
        (CaseNote, "body", CaseNote.case_id.in_(cases)),
        (Decision, "reason", Decision.case_id.in_(cases) | Decision.bulk_id.in_(bulk)),
        (BulkAct, "reason", BulkAct.id.in_(bulk)),
        (Appeal, "words", appealed),
        (Appeal, "reply", appealed),
    )


def take(post_id: int) -> int:
    """Put MARK in place of all that others wrote about the post, return how many; joins the caller's transaction.

    All of it and not what quotes the post: nobody can say of a name, a number or a hint that no note repeats it.
    """
    taken = 0
    with transaction() as session:
        for model, name, which in places(post_id):
            written = getattr(model, name).not_in(("", MARK))
            done = session.execute(
                update(model).where(which, written).values({name: MARK}),
                execution_options={"synchronize_session": False},
            )
            taken += done.rowcount  # type: ignore[attr-defined]
        session.expire_all()
    return taken


def shared_reasons(post_id: int) -> int:
    """Return how many cases of other posts lose their reason with it, because it was given for all of them at once."""
    here = select(Case.id).where(Case.post_id == post_id)
    bulk = select(Decision.bulk_id).where(Decision.case_id.in_(here), Decision.bulk_id.is_not(None))
    query = select(func.count()).where(Decision.bulk_id.in_(bulk), Decision.case_id.not_in(here))
    return db.session.scalar(query) or 0
