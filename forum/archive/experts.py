"""Expert answers of an import: each wears a credential, and one that came in a file gives no right today."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from forum.accounts.models import User
from forum.core.database import now
from forum.experts.models import Credential

TITLE = "专家 · Expert"  # the interchange format carries no title; the badge says what is known
Holder = tuple[int, int]  # user id, sub-theme id


def credentials(session: Session, answers: Iterable[tuple[Holder, datetime]]) -> dict[Holder, int]:
    """Return the credential for each author and sub-theme of the answers, given with when they were written.

    One that the person holds here for that sub-theme is worn; otherwise one is made that has ended: its last day is
    that of the last answer, and never today. Only an admin can grant one that is in force.
    """
    times: dict[Holder, list[datetime]] = {}
    for holder, moment in answers:
        times.setdefault(holder, []).append(moment)
    return {holder: _ensure(session, holder, min(each), max(each)) for holder, each in sorted(times.items())}


def _ensure(session: Session, holder: Holder, first: datetime, last: datetime) -> int:
    user_id, subtheme_id = holder
    query = select(Credential).where(
        Credential.user_id == user_id, Credential.subtheme_id == subtheme_id, Credential.revoked_at.is_(None)
    )
    credential = session.scalar(query.order_by(Credential.id).limit(1))
    if credential is None:
        credential = Credential(
            user_id=user_id,
            subtheme_id=subtheme_id,
            title=TITLE,
            organization="",
            granted_at=first,
            valid_until=_ended(last),
        )
        session.add(credential)
        session.execute(update(User).where(User.id == user_id).values(is_expert=True))
        session.flush()
    elif credential.title == TITLE and credential.valid_until and credential.valid_until < _ended(last):
        credential.valid_until = _ended(last)
    return credential.id


def _ended(moment: datetime) -> date:
    return min(moment.date(), now().date() - timedelta(days=1))
