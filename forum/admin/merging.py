"""Two accounts of one person become one: what one has goes over to the other, and its name leads there."""

from __future__ import annotations

import logging
import time
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from forum.accounts import aging, policy, records, youth
from forum.accounts.approvals import close
from forum.accounts.models import NameChange, User
from forum.admin.moving import move_some
from forum.core import audit, jobs
from forum.core.database import db, locked, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.experts.queries import in_force_of
from forum.mail.actions import drop_owed, owe
from forum.mail.letters import LETTERS, Letter
from forum.threads.counters import POST_VISIBLE
from forum.threads.models import Post

SECONDS = 30.0  # after which a run leaves the rest to the next sweep, a minute later

log = logging.getLogger(__name__)


def why_not(gone: User, kept: User, by: User) -> Any | None:
    """Return why `by` may not merge the account `gone` into `kept`, or None."""
    return _why_never(gone, kept, by) or _why_apart(gone, kept)


def _why_never(gone: User, kept: User, by: User) -> Any | None:  # noqa: PLR0911 - a list of reasons
    if not policy.may_administer(by):
        return _l("This part is for administrators.")
    if gone.id == kept.id:
        return _l("These are one account already.")
    if by.id in (gone.id, kept.id):
        return _l("Nobody merges their own accounts; another administrator can.")
    if gone.is_closed or kept.is_closed:
        return _l("One of the two is closed.")
    if gone.is_staff or kept.is_staff:  # whoever holds an office reads what the other could
        return _l("One of the two has a role. Take the role away first.")
    if youth.Band.CHILD in (gone.age_band, kept.age_band):
        return _l("One of the two waits for a guardian’s consent.")
    waits = any(user.leaving_at is not None or _is_merging(user) for user in (gone, kept))
    return _l("One of the two is being merged or deleted. Wait until that is done.") if waits else None


def _is_merging(user: User) -> bool:
    """Whether another merge still moves rows from or to this account: what came later would stay with nobody."""
    into = select(User.id).where(User.merging_into_id == user.id).limit(1)
    return user.merging_into_id is not None or db.session.scalar(into) is not None


def _why_apart(gone: User, kept: User) -> Any | None:
    """Return what each has of its own that can't stand together, or None."""
    mine = {credential.subtheme_id for credential in in_force_of(kept)}
    if any(credential.subtheme_id in mine for credential in in_force_of(gone)):
        return _l("Both hold a credential for the same sub-theme. Revoke one of them first.")
    return next((said for ask in records.objections if (said := ask(gone, kept)) is not None), None)


def merge(gone: User, kept: User, by: User) -> None:
    """Merge `gone` into `kept` in one transaction; beyond 1,000 rows of a kind the worker goes on with the rest.

    Doing it again changes nothing. Raises Forbidden, or Refused for what `why_not` says.
    """
    if not policy.may_administer(by):
        raise Forbidden
    gone_id, kept_id, by_id = gone.id, kept.id, by.id
    with transaction() as session:
        _allow(
            why_not(_present(gone_id), _present(kept_id), _present(by_id))
        )  # before anything moves: afterwards nothing stands apart any more
        move_some(gone_id, kept_id)  # threads and posts before people, the order of locks everywhere
        rows = {row_id: locked(User, row_id) for row_id in sorted({gone_id, kept_id, by_id})}
        going, staying, actor = rows[gone_id], rows[kept_id], rows[by_id]
        if going is None or staying is None or actor is None:
            raise NotFound
        _allow(_why_never(going, staying, actor))
        session.add(NameChange(user_id=staying.id, former=going.username, former_key=going.username_key))
        _tell_both(going, staying)
        _take_over(going, staying, actor)
        audit.record("person.merged", by=actor, target=f"person:{staying.id}")
        audit.record("account.merged", by=actor, target=f"person:{going.id}")  # facts are public, targets sealed
        session.flush()
        _recount(going.id, staying.id)
    jobs.enqueue(finish_merges)


def _present(user_id: int) -> User:
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


def _allow(said: Any | None) -> None:
    if said is not None:
        raise Refused(said)


def _tell_both(going: User, staying: User) -> None:
    """Owe a letter to both addresses; that to the one which is given up belongs to no account, like the address."""
    for place, user, owner in (("goes", going, None), ("stays", staying, staying.id)):
        if user.email:
            facts = {"name": user.name, "gone": going.username, "kept": staying.username}
            key = f"merged:{going.id}:{place}"
            owe("merged", user.email, key, language=user.language, user_id=owner, facts=facts)


LETTERS["merged"] = Letter(_l("Two accounts became one"))


def _take_over(going: User, staying: User, actor: User) -> None:
    """Close the account. What binds or protects a person does still: longer suspension, silence, stricter age band."""
    aging.join(staying, going, by=actor)
    for end in ("suspended_until", "silenced_until"):
        ends = [getattr(user, end) for user in (going, staying) if getattr(user, end)]
        setattr(staying, end, max(ends, default=None))
    staying.is_expert = staying.is_expert or going.is_expert
    # what was earned under either name was earned; the top level is weighed anew by what both did together
    staying.trust_level = max(staying.trust_level, going.trust_level)
    if going.email and going.email != staying.email:  # else it is the one that stays
        drop_owed((going.id, staying.id), going.email, "the account was merged into another one")
    if staying.invited_by_id == staying.id:
        staying.invited_by_id = None
    close(going)
    going.merging_into_id = staying.id


def _recount(*user_ids: int) -> None:
    """Count the visible posts of people whose rows are locked."""
    for user_id in user_ids:
        number = select(func.count()).select_from(Post).where(Post.author_id == user_id, POST_VISIBLE).scalar_subquery()
        db.session.execute(update(User).where(User.id == user_id).values(published_count=number))


@jobs.job
@jobs.sweeper
def finish_merges() -> None:
    """Go on with every merge that is under way, 1,000 rows of a kind at a time; safe to kill and to repeat.

    Each has one step at least, and after SECONDS the rest waits for the next run: other work waits as well.
    """
    until = time.monotonic() + SECONDS
    under_way: Any = select(User.id, User.merging_into_id).where(User.merging_into_id.is_not(None)).order_by(User.id)
    for gone_id, kept_id in db.session.execute(under_way).all():
        try:
            while _one_step(gone_id, kept_id) and time.monotonic() < until:
                pass
        except Exception:  # one merge must not keep the others waiting; the transaction is rolled back
            log.exception("the merge of %s into %s can't go on", gone_id, kept_id)


def _one_step(gone_id: int, kept_id: int) -> bool:
    """Move some more; forget the merge once nothing is left. Return whether there may be more."""
    with transaction() as session:
        goes_on = move_some(gone_id, kept_id)
        for user_id in sorted((gone_id, kept_id)):
            locked(User, user_id)
        session.execute(
            update(User).where(User.id == kept_id, User.invited_by_id == kept_id).values(invited_by_id=None)
        )
        _recount(gone_id, kept_id)
        if not goes_on:
            session.execute(update(User).where(User.id == gone_id).values(merging_into_id=None))
    return goes_on
