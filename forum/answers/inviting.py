"""Inviting experts to answer a question, and declining: each expert is told once for a thread, by whomever invited."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import update

from forum.accounts import ties
from forum.accounts.models import User
from forum.answers import policy, queries
from forum.answers.actions import present
from forum.answers.models import ExpertInvitation
from forum.core.database import db, now, transaction
from forum.core.errors import Refused, allow
from forum.notifications.actions import Notice, tell_all
from forum.threads.models import Thread

MOST = 3  # experts whom one person invites to one thread (issue 5)


def invite(thread: Thread, expert_ids: Collection[int], by: User) -> int:
    """Invite these people to answer, and return how many were not invited by this person before.

    Who keeps the inviter away hears nothing of it; who has declined for this thread is not asked again. Both are
    written down all the same. Raises Refused (nobody chosen, more than MOST, no expert of the sub-theme, oneself),
    Forbidden, NotFound.
    """
    wanted = set(expert_ids)
    if not wanted:
        raise Refused(_l("Choose whom to invite."))
    with transaction() as session:
        thread, by = present(thread.id, by.id)
        allow(policy.why_not_invite(by, thread))
        before = {each.expert_id: each for each in queries.invitations_by(by.id, thread.id)}
        if len(before.keys() | wanted) > MOST:
            raise Refused(_l("You can invite at most %(most)s experts to a question.", most=MOST))
        new = wanted - before.keys()
        if by.id in new or not new <= {one.user_id for one in queries.invitable(by, thread)}:
            raise Refused(_l("Only experts of this sub-theme who can answer now can be invited."))
        declined = queries.declined_in(thread.id, new)
        session.add_all(
            ExpertInvitation(
                thread_id=thread.id, inviter_id=by.id, expert_id=one, created_at=now(), declined_at=declined.get(one)
            )
            for one in sorted(new)
        )
        _tell(thread, by, new - declined.keys())
        return len(new)


def _tell(thread: Thread, by: User, expert_ids: Collection[int]) -> None:
    opening = queries.opening_of(thread.id)
    tell_all(
        Notice(one, "expert_invitation", f"expert_invitation:{thread.id}", by.id, opening)
        for one in sorted(set(expert_ids) - ties.deaf_to(by.id, expert_ids))
    )


def decline(thread: Thread, by: User) -> bool:
    """Decline all invitations to the thread; return whether there were any. Only who invited will see it."""
    with transaction():
        thread, by = present(thread.id, by.id)
        mine = update(ExpertInvitation).where(
            ExpertInvitation.thread_id == thread.id,
            ExpertInvitation.expert_id == by.id,
            ExpertInvitation.declined_at.is_(None),
        )
        done = db.session.execute(mine.values(declined_at=now()).returning(ExpertInvitation.id)).all()
        return bool(done)
