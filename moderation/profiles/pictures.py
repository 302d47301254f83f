"""Pictures that were flagged, kept as evidence: frozen with the case, shown at the desk, given back, forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import delete, exists, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from forum.accounts.models import User
from forum.avatars.actions import file_of, show_again
from forum.avatars.sizes import SIZES
from forum.avatars.store import avatars
from forum.config import APPEAL_WINDOW
from forum.core.database import db, now, transaction
from forum.core.jobs import sweeper
from moderation.appeals.models import Appeal
from moderation.appeals.models import State as Answer
from moderation.models import Case, Decision, FrozenPicture, Kind

AT_ONCE = 100


def freeze(person: User) -> None:
    """Keep the person's picture as evidence, in each size; once, whoever does it first.

    It is done before anything is locked, for a bucket takes its time, and again in the transaction that holds the
    person's row: then it does nothing, unless another picture was chosen just then. What no case needs after all, the
    sweep forgets.
    """
    user_id, name = person.id, person.avatar
    if not name or kept(name):
        return
    found = {size: avatars().get(file_of(name, size)) for size in SIZES}
    rows = [{"user_id": user_id, "name": name, "size": size, "data": data} for size, data in found.items() if data]
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    if rows:
        with transaction() as session:
            session.execute(dialect.insert(FrozenPicture).values(rows).on_conflict_do_nothing())


def freeze_of(case_id: int) -> None:
    """Keep the picture that a decision about this case may take away, before anything is locked."""
    case = db.session.get(Case, case_id)
    if case is not None and case.kind == Kind.PROFILE:
        freeze(case.author)


def kept(name: str) -> dict[int, bytes]:
    """Return the squares that are kept of a picture by their side in pixels; none for a name nobody flagged."""
    query = select(FrozenPicture.size, FrozenPicture.data).where(FrozenPicture.name == name)
    return {row.size: row.data for row in db.session.execute(query)}


def seals_of(name: str) -> list[str]:
    """Return by what a picture is known again: a hash of each of its squares."""
    return seals(kept(name))


def seals(squares: Mapping[int, bytes]) -> list[str]:
    """Return a hash of each square."""
    return [hashlib.sha256(squares[size]).hexdigest() for size in sorted(squares)]


def give_back(person: User, name: str) -> None:
    """Show a picture again that is kept as evidence; without that nothing can be shown, and the drawn seal stays."""
    if squares := kept(name):
        show_again(person, name, squares)


@sweeper
def forget_pictures() -> None:
    """Forget what no open case, no window of an appeal and no open appeal needs any more. Safe to repeat."""
    waits = exists().where(Appeal.decision_id == Decision.id, Appeal.state == Answer.OPEN)
    needed = (
        select(Case.id)
        .outerjoin(Decision, Decision.case_id == Case.id)
        .where(
            Case.author_id == FrozenPicture.user_id,
            Case.kind == Kind.PROFILE,
            or_(Case.decided_at.is_(None), Case.decided_at > now() - APPEAL_WINDOW, waits),
        )
    )
    old = db.session.scalars(select(FrozenPicture.id).where(~needed.exists()).limit(AT_ONCE)).all()
    if old:
        with transaction() as session:
            session.execute(delete(FrozenPicture).where(FrozenPicture.id.in_(old), ~needed.exists()))
