"""What is done with credentials: grant and revoke. The only writer of them and of `User.is_expert`."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from forum.accounts.models import Person, User
from forum.core import audit, signals
from forum.core.database import announce, db, locked, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound, Refused
from forum.experts import policy
from forum.experts.models import Credential
from forum.subthemes.models import SubTheme


def grant(
    user: User, subtheme: SubTheme, title: str, organization: str, valid_until: date | None, *, by: Person | None
) -> Credential:
    """Make `user` an expert of `subtheme` and return the credential; by None it is the operator at the console.

    `valid_until` is its last day (UTC), None for no end. Raises Forbidden for oneself, Refused for a day that has
    passed, Conflict when the same credential is in force already.
    """
    if valid_until and valid_until < now().date():
        raise Refused(_l("The last day lies in the past."))
    with transaction() as session:
        holder = _holder(user.id)
        if not policy.may_decide(by, holder):
            raise Forbidden(_l("Only an administrator grants credentials, and nobody to themselves."))
        _check_new(holder.id, subtheme.id, title, organization)
        credential = Credential(
            user_id=holder.id,
            subtheme_id=subtheme.id,
            title=title,
            organization=organization,
            valid_until=valid_until,
            granted_by_id=by.id if by else None,
        )
        session.add(credential)
        session.flush()
        holder.is_expert = True
        until = valid_until.isoformat() if valid_until else None
        _record(
            "credential.granted", credential, subtheme.slug, by, title=title, organization=organization, until=until
        )
    return credential


def revoke(credential: Credential, reason: str, by: Person | None) -> bool:
    """End a credential now, for a reason that its holder reads; return False if it was revoked before.

    Answers given with it stay and say that it was revoked since. Raises Forbidden for one's own.
    """
    if not reason:
        raise Refused(_l("Please say why: the expert will read it."))
    with transaction() as session:
        holder = _holder(credential.user_id)
        row = locked(Credential, credential.id)
        if row is None:
            raise NotFound
        if not policy.may_decide(by, holder):
            raise Forbidden(_l("Only an administrator revokes credentials, and nobody their own."))
        if row.revoked_at:
            return False
        row.revoked_at, row.revoked_by_id, row.revoke_reason = now(), by.id if by else None, reason
        session.flush()
        holder.is_expert = _holds_any(holder.id)
        slug = session.scalar(select(SubTheme.slug).where(SubTheme.id == row.subtheme_id)) or ""
        _record("credential.revoked", row, slug, by, title=row.title, organization=row.organization)
    return True


def _holder(user_id: int) -> User:
    """The holder's row is locked first, so that a grant and a revocation of the same person take turns."""
    holder = locked(User, user_id)
    if holder is None:
        raise NotFound
    return holder


def _check_new(user_id: int, subtheme_id: int, title: str, organization: str) -> None:
    query = select(Credential).where(
        Credential.user_id == user_id,
        Credential.subtheme_id == subtheme_id,
        Credential.title == title,
        Credential.organization == organization,
        Credential.revoked_at.is_(None),
    )
    if any(credential.in_force for credential in db.session.scalars(query)):
        raise Conflict(_l("This person holds the same credential already."))


def _holds_any(user_id: int) -> bool:
    query = select(Credential.id).where(Credential.user_id == user_id, Credential.revoked_at.is_(None)).limit(1)
    return db.session.scalar(query) is not None


def _record(act: str, credential: Credential, slug: str, by: Person | None, **facts: Any) -> None:
    audit.record(act, by=by, scope=slug, target=f"credential:{credential.id}", facts={**facts, "subtheme": slug})
    announce(signals.credential_changed, credential_id=credential.id, user_id=credential.user_id)
