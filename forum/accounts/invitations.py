"""Invitations: a member vouches for one person. The code is shown once; the database keeps its hash."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from forum.accounts import policy
from forum.accounts.models import Invitation, User
from forum.accounts.refusals import BadField
from forum.accounts.sessions import fingerprint
from forum.accounts.silences import why_silent
from forum.core.database import db, locked, must_lock, now, transaction
from forum.core.errors import Forbidden, NotFound

LIFETIME = timedelta(days=14)
NOTE_LIMIT = 120
OPEN_MOST, OPEN_MOST_OF_MODERATORS = 5, 50  # at a time
SHOWN = 100


def most(person: User) -> int:
    """Return how many open invitations the person may have at a time."""
    return OPEN_MOST_OF_MODERATORS if person.is_moderator else OPEN_MOST


def invite(by: User, note: str = "") -> str:
    """Make an invitation and return its code, which is kept nowhere.

    Raises Forbidden for who may not invite, `BadField` for "note" when as many are open as may be.
    """
    code = secrets.token_urlsafe(15)
    with transaction() as session:
        person = must_lock(User, by.id)  # two requests at once must not both find one place left
        if (why_not := why_silent(person) or policy.why_not_invite(person)) is not None:
            raise Forbidden(why_not)
        if len(_open(person.id)) >= most(person):
            raise BadField(
                "note",
                _l(
                    "You have %(most)s open invitations, as many as you may. Withdraw one first.",
                    most=most(person),
                ),
            )
        moment = now()
        session.add(
            Invitation(
                code_hash=fingerprint(code),
                inviter_id=person.id,
                note=note,
                created_at=moment,
                expires_at=moment + LIFETIME,
            )
        )
    return code


def withdraw(invitation_id: int, by: User) -> bool:
    """Let an own invitation work no more; return whether it still did. NotFound for somebody else's."""
    with transaction():
        invitation = locked(Invitation, invitation_id)
        if invitation is None or invitation.inviter_id != by.id:
            raise NotFound
        was_open = is_open(invitation)
        if was_open:
            invitation.withdrawn_at = now()
    return was_open


def is_open(invitation: Invitation) -> bool:
    """Whether somebody could still come in with it."""
    return invitation.used_at is None and invitation.withdrawn_at is None and invitation.expires_at > now()


def take(code: str) -> Invitation:
    """Return the open invitation with this code under a lock, and mark it used; joins the caller's transaction.

    The caller writes `used_by_id`. Raises `BadField` for "invitation" when it is unknown, used, withdrawn or over, or
    when its inviter is suspended or gone. Of two people at once, the second waits and is refused.
    """
    if not code.strip():
        raise BadField("invitation", _l("New members come by invitation of somebody who is here already."))
    found = db.session.scalar(select(Invitation.id).where(Invitation.code_hash == fingerprint(code.strip())))
    invitation = locked(Invitation, found) if found else None
    inviter = db.session.get(User, invitation.inviter_id) if invitation else None
    if invitation is None or not is_open(invitation) or inviter is None or not inviter.is_active:
        raise BadField("invitation", _l("This invitation does not work any more. Ask for a new one."))
    invitation.used_at = now()
    return invitation


def used_by(code: str, guest: User) -> None:
    """Write down who came with the invitation that was just taken; joins the caller's transaction."""
    with transaction() as session:
        mine = Invitation.code_hash == fingerprint(code.strip())
        session.execute(update(Invitation).where(mine).values(used_by_id=guest.id))


def of(person: User) -> Sequence[Invitation]:
    """Return the person's latest 100 invitations, newest first."""
    query = select(Invitation).where(Invitation.inviter_id == person.id).order_by(Invitation.id.desc())
    return db.session.scalars(query.limit(SHOWN)).all()


def guests(invitations: Sequence[Invitation]) -> dict[int, User]:
    """Return those who came with the invitations, by id."""
    ids = {invitation.used_by_id for invitation in invitations if invitation.used_by_id}
    if not ids:
        return {}
    return {user.id: user for user in db.session.scalars(select(User).where(User.id.in_(ids)))}


def _open(user_id: int) -> Sequence[int]:
    query = select(Invitation.id).where(
        Invitation.inviter_id == user_id,
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now(),
    )
    return db.session.scalars(query.limit(OPEN_MOST_OF_MODERATORS)).all()
