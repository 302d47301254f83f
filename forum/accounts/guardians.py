"""Under 14 with a guardian's consent: the letter, the link in it, their yes or no; and whether that is possible here.

A guardian's address is kept until they answer, 7 days at most: then the account that waits for it is deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from forum.accounts import consents, links, policy, queries, sessions
from forum.accounts.forgetting import UNCONFIRMED_KEPT, forget_account
from forum.accounts.models import REMOVE_POSTS, Guardian, OneTimeLink, Standing, User
from forum.accounts.youth import GUARDIANS_LINK, Band
from forum.core import audit, site
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Forbidden, NotFound, Refused
from forum.mail.actions import owe
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail, State

SETTING = "under_14"
REFUSED, GUARDIAN = "refused", "guardian"  # what happens to whoever says that they are under 14
CHOICES = (REFUSED, GUARDIAN)
PURPOSE = GUARDIANS_LINK
LIFETIME = UNCONFIRMED_KEPT  # of the link: as long as the account waits
LETTERS_A_DAY = 5  # to one address, whoever names it


def are_asked() -> bool:
    """Whether somebody under 14 can join with a guardian's consent; else they are refused."""
    return site.get(SETTING) == GUARDIAN


def change(chosen: str, by: User) -> bool:
    """Set what happens to those under 14, and write it to the public log; return whether that changed the setting.

    Raises Forbidden for anybody but an admin, Refused for what is no choice.
    """
    if not policy.may_administer(by):
        raise Forbidden
    if chosen not in CHOICES:
        raise Refused(_l("There is no such way to join."))
    with transaction():
        if site.get(SETTING, REFUSED) == chosen:
            return False
        site.put(SETTING, chosen, by.id)
        audit.record("registration.children", by=by, facts={"under_14": chosen})
    return True


def ask(user: User, address: str) -> None:
    """Write down who is asked, and owe the letter; joins the transaction that makes the account."""
    with transaction() as session:
        session.add(Guardian(user_id=user.id, address=address, asked_at=now()))
        session.flush()
        _send(user, address)


def ask_again(user: User) -> bool:
    """Send the letter again, ending former links; return whether an answer was still missing."""
    with transaction() as session:
        person, guardian = locked(User, user.id), session.get(Guardian, user.id)
        if person is None or guardian is None or person.age_band != Band.CHILD:
            return False
        _send(person, guardian.address)
    return True


def _send(user: User, address: str) -> None:
    link = links.make(user, PURPOSE, address, LIFETIME, end_former=True)
    facts = {"link": link.id, "username": user.username}
    owe("guardian", address, f"guardian:{link.id}", language=user.language, user_id=user.id, facts=facts)


def find(token: str) -> User | None:
    """Return the child about whom an open link asks, without using it, or None."""
    link = links.find(token, PURPOSE)
    return db.session.get(User, link.user_id) if link else None


def agree(token: str, versions: Mapping[str, int]) -> User:
    """Take the guardian's yes to these versions of the documents: the account goes on as that of somebody young.

    The address is forgotten, here, in the link and in the outbox. Raises NotFound for a dead link.
    """
    with transaction() as session:
        person, guardian = _answered(token)
        guardian.agreed_at, guardian.agreed, guardian.address = now(), consents.mark(versions), ""
        person.age_band = Band.YOUNG
        if person.confirmed_at:
            person.standing = Standing.ACTIVE if person.approved_at else Standing.WAITING
            facts = {"username": person.username, "waits": person.standing == Standing.WAITING}
            key = f"guardian-agreed:{person.id}"
            owe("guardian_agreed", str(person.email), key, language=person.language, user_id=person.id, facts=facts)
        session.execute(update(OneTimeLink).where(_of_guardian(person.id)).values(address=""))
        session.execute(delete(Mail).where(Mail.user_id == person.id, Mail.template == "guardian"))
    return person


def disagree(token: str) -> None:
    """Take the guardian's no: the account and all that belongs to it are deleted. Raises NotFound for a dead link.

    One that got further meanwhile (an office, something written) is left to the worker, who deletes what it wrote too.
    """
    try:
        with transaction():
            person, _guardian = _answered(token)
            if not forget_account(person.id):
                _leave_now(person)
    except IntegrityError:  # something of theirs stands elsewhere
        with transaction():
            person, _guardian = _answered(token)
            _leave_now(person)


def _leave_now(person: User) -> None:
    person.leaving_at, person.leaving_with = now(), REMOVE_POSTS  # forum/leaving deletes it at its next sweep
    sessions.end_all(person.id)
    links.end_all(person.id)


def _answered(token: str) -> tuple[User, Guardian]:
    """Use the link up; return child and guardian, the child's row locked."""
    link = links.redeem(token, PURPOSE)
    person = locked(User, link.user_id) if link else None
    guardian = db.session.get(Guardian, person.id) if person else None
    if person is None or guardian is None or person.age_band != Band.CHILD:
        raise NotFound(_l("This link does not work any more."))
    return person, guardian


def _of_guardian(user_id: int) -> Any:
    return (OneTimeLink.user_id == user_id) & (OneTimeLink.purpose == PURPOSE)


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are one person's: nobody is their own guardian."""
    return queries.email_key(one) == queries.email_key(other)


# -- the letters ------------------------------------------------------------------------------------------------------


def _is_due(mail: Mail) -> bool:
    """Whether the link still works, and the address, however it is spelt, was written to less than LETTERS_A_DAY."""
    sent = select(func.count()).select_from(Mail)
    lately = sent.where(Mail.address_key == mail.address_key, Mail.template == mail.template, Mail.state == State.SENT)
    many = db.session.scalar(lately.where(Mail.sent_at > now() - timedelta(days=1))) or 0
    return links.is_open(links.by_id(int(mail.facts["link"]))) and many < LETTERS_A_DAY


def _address_of_link(mail: Mail) -> Mapping[str, Any]:
    link = links.by_id(int(mail.facts["link"]))
    return {"url": link_to("guardian.show", token=links.token_of(link)) if link else ""}


LETTERS["guardian"] = Letter(_l("A child asks for your consent"), still_due=_is_due, extra=_address_of_link)
LETTERS["guardian_agreed"] = Letter(
    _l("Your guardian has agreed"), extra=lambda mail: {"url": link_to("accounts.login", next="/")}
)
