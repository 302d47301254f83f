"""The first letter of an account, and the link by which it shows that the address is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.accounts import guardians, links, owning, policy
from forum.accounts.models import OneTimeLink, Standing, User
from forum.accounts.owning import Holder
from forum.accounts.youth import Band
from forum.core import audit
from forum.core.database import db, locked, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.mail.actions import owe
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail, State

PURPOSE = "confirm"
LIFETIME = timedelta(hours=24)  # of the link (issue 3)
QUIET = timedelta(hours=24)  # the owner of an address hears at most once a day that somebody tried it


class DeadLink(NotFound):
    """The link is unknown, used, expired or replaced by a newer one."""


def first_letter(user: User, owner: Holder | User | None) -> None:
    """Owe the letter about a new account: the link, a welcome, or to `owner` that somebody used their address.

    Joins the caller's transaction. Whether the address is known makes no difference to what is written when.
    """
    if user.standing == Standing.UNCONFIRMED:
        _send_link(user, owner)
    elif owner:
        _tell_owner(user, owner, f"address-used:{user.id}")
    else:
        owe("welcome", str(user.email), f"welcome:{user.id}", language=user.language, user_id=user.id, facts=_of(user))


def resend(user: User) -> bool:
    """Send the link again, ending former ones; return False when the address is confirmed already.

    Whoever waits for a guardian's answer has that letter sent again too.
    """
    asked = guardians.ask_again(user)
    with transaction():
        person = locked(User, user.id)
        if person is None or person.standing != Standing.UNCONFIRMED or person.confirmed_at:
            return asked
        _send_link(person, owning.owner(str(person.email), person.id))
    return True


def _send_link(user: User, owner: Holder | User | None) -> None:
    """Make a link and owe its letter; for a known address the link is made too, and sent to nobody."""
    link = links.make(user, PURPOSE, str(user.email), LIFETIME, end_former=True)
    if owner:
        _tell_owner(user, owner, f"address-used:{user.id}:{link.id}")
    else:
        facts = {"link": link.id, **_of(user)}
        owe("confirm", str(user.email), f"confirm:{link.id}", language=user.language, user_id=user.id, facts=facts)


def _tell_owner(user: User, owner: Holder | User, key: str) -> None:
    facts = {"username": owner.username}
    owe("address-used", str(owner.email), key, language=owner.language, user_id=owner.id, facts=facts)


def _of(user: User) -> dict[str, Any]:
    return {"username": user.username}


def find(token: str) -> OneTimeLink | None:
    """Return the open link of a token without using it, or None."""
    return links.find(token, PURPOSE)


def confirm(token: str) -> User:
    """Use the link up: the address is the person's now, and the account in use (or waits for a moderator's yes).

    Raises DeadLink, or Conflict when another account of the same owner has confirmed the address meanwhile.
    """
    try:
        with transaction() as session:
            link = links.redeem(token, PURPOSE)
            person = locked(User, link.user_id) if link else None
            if link is None or person is None or person.email != link.address:
                raise DeadLink(_l("This link does not work any more."))
            _take_address(person)
            session.flush()
    except IntegrityError as error:  # at this very moment
        raise Conflict(_TAKEN) from error
    return person


def confirm_by_hand(user: User, by: User) -> bool:
    """Take an admin's word that the address is the person's; return whether it was unconfirmed. Logged in public.

    Raises Forbidden for anybody but an admin, Conflict when another account has the address.
    """
    try:
        with transaction() as session:
            person = must_lock(User, user.id)
            if not policy.may_administer(by):
                raise Forbidden
            if not _take_address(person):
                return False
            links.end_all(person.id, PURPOSE)
            audit.record("account.confirmed", by=by, target=f"person:{person.id}")
            session.flush()
    except IntegrityError as error:
        raise Conflict(_TAKEN) from error
    return True


def _take_address(person: User) -> bool:
    """Make the address the person's own and the account ready, if that was still to be done; inside transaction()."""
    if person.standing != Standing.UNCONFIRMED or person.confirmed_at:
        return False
    if not person.email or owning.owner(person.email, person.id):
        raise Conflict(_TAKEN)
    owning.take(person, person.email)
    if person.age_band != Band.CHILD:  # else a guardian's yes is still missing
        person.standing = Standing.ACTIVE if person.approved_at else Standing.WAITING
    return True


_TAKEN = _l("Another account has this address already. Sign in to that one.")


# -- the letters ------------------------------------------------------------------------------------------------------


def _link_of(mail: Mail) -> OneTimeLink | None:
    return links.by_id(int(mail.facts["link"]))


def _address_of_link(mail: Mail) -> Mapping[str, Any]:
    link = _link_of(mail)
    return {"url": link_to("confirm.show", token=links.token_of(link)) if link else ""}


def _how_it_goes_on(mail: Mail) -> Mapping[str, Any]:
    """Where the forum is, and whether a moderator has still to look at the account when the letter is sent."""
    person = db.session.get(User, mail.user_id) if mail.user_id else None
    return {"url": link_to("home.show"), "waits": bool(person and person.standing == Standing.WAITING)}


def _not_told_lately(mail: Mail) -> bool:
    """Whether the owner has had no such letter within a day: many sign-ups with one address are no way to flood it."""
    told = select(Mail.id).where(
        Mail.user_id == mail.user_id,
        Mail.template == mail.template,
        Mail.state == State.SENT,
        Mail.sent_at > now() - QUIET,
    )
    return db.session.scalar(told.limit(1)) is None


LETTERS["confirm"] = Letter(
    _l("Confirm your e-mail address"),
    still_due=lambda mail: links.is_open(_link_of(mail)),
    extra=_address_of_link,
)
LETTERS["welcome"] = Letter(_l("Your new account"), extra=_how_it_goes_on)
LETTERS["address-used"] = Letter(
    _l("Somebody used your e-mail address"),
    still_due=_not_told_lately,
    extra=lambda mail: {"url": link_to("accounts.login")},
)
