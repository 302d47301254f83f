"""Accounts at outside providers that sign in to accounts here: linked, used, unlinked. Their only writer.

Only the provider's name for the person (its subject) counts. An e-mail address never links anything by itself.
"""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from forum.accounts import owner_mail
from forum.accounts.models import User
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Conflict, NotFound
from forum.entry import attempts, queries
from forum.entry.attempts import Newcomer
from forum.entry.models import Identity
from forum.entry.providers import Shown

_ELSEWHERE = _l("This account of yours is linked to another account of this forum. Unlink it there first.")
_OVER = _l("This was used already, or somebody uses it this very moment. Please begin again.")


def owner(provider: str, shown: Shown) -> User | None:
    """Return whose account here this identity signs in to, noting that it was used; None for one that is unknown."""
    known = queries.identity_of(provider, shown.subject)
    if known is None:
        return None
    with transaction():
        identity = locked(Identity, known.id)
        if identity is None:  # unlinked this very moment
            return None
        identity.used_at, identity.label = now(), shown.label
        return db.session.get(User, identity.user_id)


def link(user: User, provider: str, provider_label: str, shown: Shown) -> bool:
    """Link the identity to the person's account and tell them; return whether that is new. Raises Conflict."""
    try:
        with transaction() as session:
            locked(User, user.id)
            known = queries.identity_of(provider, shown.subject)
            if known is not None and known.user_id == user.id:
                return False
            if known is not None:
                raise Conflict(_ELSEWHERE)
            if len(queries.identities(user.id)) >= queries.IDENTITIES_MOST:
                raise Conflict(_l("You have linked as many accounts as possible. Unlink one first."))
            session.add(_identity(user, provider, shown.subject, shown.label))
            session.flush()
            owner_mail.tell(user, "security_changed", what="identity_added", provider=provider_label)
    except IntegrityError as error:  # linked to somebody else this very moment
        raise Conflict(_ELSEWHERE) from error
    return True


def attach(user: User, newcomer: Newcomer) -> None:
    """Let a new account be signed in to by the identity it was made with; joins the transaction that writes it.

    Raises Conflict when another account was made with it meanwhile.
    """
    with transaction() as session:
        if not attempts.use_up(newcomer) or queries.identity_of(newcomer.provider, newcomer.subject):
            raise Conflict(_OVER)
        session.add(_identity(user, newcomer.provider, newcomer.subject, newcomer.label))
        session.flush()


def unlink(user: User, identity_id: int, provider_label: str, providers: Collection[str]) -> None:
    """Unlink one's own identity and tell its owner; `providers` are those that still let somebody in.

    Raises NotFound for another's, Conflict when nothing would be left to sign in with.
    """
    with transaction() as session:
        person = locked(User, user.id)
        identity = locked(Identity, identity_id)
        if person is None or identity is None or identity.user_id != person.id:
            raise NotFound
        if identity.provider in providers and queries.ways_in(person, providers) <= 1:
            raise Conflict(_l("This is the only way into your account. Set a password or add a passkey first."))
        session.delete(identity)
        owner_mail.tell(person, "security_changed", what="identity_removed", provider=provider_label)


def own(user: User, identity_id: int) -> Identity:
    """Return one's own identity, or raise NotFound."""
    found = db.session.get(Identity, identity_id)
    if found is None or found.user_id != user.id:
        raise NotFound
    return found


def _identity(user: User, provider: str, subject: str, label: str) -> Identity:
    moment = now()
    return Identity(user_id=user.id, provider=provider, subject=subject, label=label, linked_at=moment, used_at=moment)
