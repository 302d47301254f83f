"""Pictures that were flagged, kept as evidence: frozen with the case, shown at the desk, given back, forgotten."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sqlalchemy import delete, exists, or_, select

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
    """Keep the person's picture as evidence, in each size; joins the transaction that holds their row."""
    if not person.avatar or kept(person.avatar):
        return
    found = {size: avatars().get(file_of(person.avatar, size)) for size in SIZES}
    with transaction() as session:
        session.add_all(
            FrozenPicture(user_id=person.id, name=person.avatar, size=size, data=data)
            for size, data in found.items()
            if data
        )
        session.flush()


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
