"""Changing one's e-mail address: asked for with the password, done by the link sent to the new one, both told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from forum.accounts import links, owning, queries, youth
from forum.accounts.fields import valid_email
from forum.accounts.models import OneTimeLink, Standing, User
from forum.accounts.refusals import BadField
from forum.config import EMAIL_LINK_LIFETIME
from forum.core import security_log
from forum.core.database import db, locked, must_lock, now, transaction
from forum.core.errors import Conflict, Forbidden, NotFound
from forum.mail.actions import owe
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail

PURPOSE = "email_change"
DEAD = _l("This link does not work any more: it was used, replaced or cancelled, or it is older than a day.")
_TAKEN = _l("Another account has this address meanwhile. Nothing was changed.")


def ask_for(user: User, address: str) -> None:
    """Send a link to the new address, and word of it to the present one; a link sent before ends.

    An address that another account has looks the same from here: its owner is told, at most once a day; so does the
    one that the person signed up with and has not shown to be theirs, which the link then shows. Raises `BadField`
    for what is no address or one's own already, Forbidden for a suspended person.
    """
    address = valid_email(address)
    if queries.email_key(address) == user.email_key and user.email_claim is None:
        raise BadField("email", _l("This is your address already."))
    with transaction():
        person = _present(user)
        link = links.make(person, PURPOSE, address, EMAIL_LINK_LIFETIME, end_former=True)
        _send_link(person, link)
        if person.email and _is_own(person):
            facts = {"name": person.name, "address": address}
            key = f"email-change-asked:{link.id}"
            owe("email_change_asked", person.email, key, language=person.language, user_id=person.id, facts=facts)


def _send_link(person: User, link: OneTimeLink) -> None:
    """Owe the letter with the link; for an address in use one to its owner instead, without the link."""
    owner = owning.owner(link.address, person.id)
    if owner is None:
        facts = {"name": person.name, "username": person.username, "link": link.id}
        # not counted as theirs when it comes back: it may be anybody's address so far
        owe("email_change", link.address, f"email-change:{link.id}", language=person.language, facts=facts)
    else:
        key = f"email-taken:{owner.id}:{now().date()}"
        facts = {"name": owner.name, "username": owner.username}
        owe("email_taken", str(owner.email), key, language=owner.language, user_id=owner.id, facts=facts)


def pending(user_id: int) -> OneTimeLink | None:
    """Return the open link of a change that the person has asked for, or None."""
    query = select(OneTimeLink).where(OneTimeLink.user_id == user_id, OneTimeLink.purpose == PURPOSE)
    query = query.where(OneTimeLink.used_at.is_(None), OneTimeLink.expires_at > now())
    return db.session.scalar(query.order_by(OneTimeLink.id.desc()).limit(1))


def cancel(user: User) -> None:
    """End the link of a change that was asked for."""
    links.end_all(user.id, PURPOSE)


def complete(token: str) -> User:
    """Use the link up and return whose address it changed; every other link of theirs ends, both addresses are told.

    An account whose first address was never confirmed is confirmed by it. Raises NotFound for a dead link, Conflict
    when another account has the address meanwhile.
    """
    try:
        return _complete(token)
    except IntegrityError as error:  # at this very moment
        raise Conflict(_TAKEN) from error


def _complete(token: str) -> User:
    with transaction() as session:
        link = links.redeem(token, PURPOSE)
        person = locked(User, link.user_id) if link else None
        if link is None or person is None or not person.is_active:
            raise NotFound(DEAD)
        if owning.owner(link.address, person.id):
            raise Conflict(_TAKEN)
        former, is_new = person.email if _is_own(person) else None, person.email != link.address
        owning.take(person, link.address)
        person.bounces = 0
        if person.standing == Standing.UNCONFIRMED and person.age_band != youth.Band.CHILD:
            person.standing = Standing.ACTIVE if person.approved_at else Standing.WAITING
        links.end_all(person.id, but_for=youth.GUARDIANS_LINK)  # which waits for somebody else
        session.flush()
        if is_new:
            _tell_both(person, former, link)
        security_log.note_after_commit("email.changed", person.id)
    return person


def _tell_both(person: User, former: str | None, link: OneTimeLink) -> None:
    for place, address in (("new", link.address), ("former", former)):
        if address:
            facts = {"name": person.name, "username": person.username, "address": link.address, "place": place}
            owner = person.id if place == "new" else None
            key = f"email-changed:{link.id}:{place}"
            owe("email_changed", address, key, language=person.language, user_id=owner, facts=facts)


def _is_own(person: User) -> bool:
    """Whether the present address is told; to one that they have only claimed it would tell whose it is."""
    return person.email_key is not None and person.email_claim is None


def _present(user: User) -> User:
    person = must_lock(User, user.id)
    if not person.is_active:
        raise Forbidden
    return person


# -- the letters -------------------------------------------------------------------------------------------------------


def _link_of(mail: Mail) -> OneTimeLink | None:
    return links.by_id(int(mail.facts["link"]))


def _way_in(mail: Mail) -> Mapping[str, Any]:
    link = _link_of(mail)
    return {"url": link_to("email.show", token=links.token_of(link)) if link else ""}


LETTERS["email_change"] = Letter(
    _l("Confirm your new e-mail address"),
    still_due=lambda mail: links.is_open(_link_of(mail)),
    extra=_way_in,
)
LETTERS["email_change_asked"] = Letter(
    _l("Your e-mail address is about to change"),
    extra=lambda _mail: {"url": link_to("email.change"), "password_url": link_to("settings.password")},
)
LETTERS["email_changed"] = Letter(
    _l("Your e-mail address has changed"),
    extra=lambda _mail: {"url": link_to("settings.devices"), "password_url": link_to("settings.password")},
)
LETTERS["email_taken"] = Letter(
    _l("Somebody wanted to use your e-mail address"),
    extra=lambda _mail: {"url": link_to("accounts.login")},
)
