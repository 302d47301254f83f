"""The forgotten password: a link by mail, good for an hour and once, that sets a new one."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from limits import parse_many
from sqlalchemy import func, select

from forum.accounts import actions, links, queries
from forum.accounts.models import OneTimeLink, User
from forum.core.database import db, locked, now, transaction
from forum.core.errors import Refused
from forum.mail.actions import owe
from forum.mail.addresses import link_to
from forum.mail.letters import LETTERS, Letter
from forum.mail.models import Mail, State

PURPOSE = "reset"
LIFETIME = timedelta(hours=1)


class LinkOver(Refused):
    """The link is unknown, used, over, or was made for an address that the account has no more."""

    def __init__(self) -> None:
        super().__init__(_l("This link does not work any more. Ask for a new one."))


def ask(login: str, language: str) -> None:
    """Owe the letter with a link to whoever is called `login`, a name or an address.

    The same is read and written whether there is such an account or not, so that the answer takes as long: for nobody
    a letter is owed that is dropped when it would be written. The link itself is made by the worker.
    """
    user = queries.by_login(login)
    is_theirs = user is not None and user.email_key is not None and not user.is_closed
    owe(
        "reset",
        (user.email or "") if user and is_theirs else "nobody@example.invalid",
        f"reset:{secrets.token_hex(16)}",
        language=(user.language if user and is_theirs else "") or language,
        user_id=user.id if user and is_theirs else None,
        facts={"name": user.name if user and is_theirs else ""},
    )


def owner_of(token: str) -> User | None:
    """Return whose link this is while it works, else None; it stays unused."""
    return _owner(links.find(token, PURPOSE))


def set_password(token: str, new: str, *, site_name: str = "") -> User:
    """Use the link up and give its owner the new password; all sessions, links and known browsers end, they are told.

    Raises LinkOver, or accounts.refusals.BadField for "new_password" when it can't be taken; the link then still works.
    """
    user = owner_of(token)
    if user is None:
        raise LinkOver

    def use_link() -> None:
        if _owner(links.redeem(token, PURPOSE)) is None:
            raise LinkOver

    actions.change_password(user, new, site_name=site_name, inside=use_link)
    return user


def _owner(link: OneTimeLink | None) -> User | None:
    user = db.session.get(User, link.user_id) if link else None
    if link is None or user is None or user.is_closed or user.email != link.address:
        return None
    return user


# -- the letter ------------------------------------------------------------------------------------------------------


def _is_due(mail: Mail) -> bool:
    """Whether the letter still has a reader: the account is there under this address and asked not too often."""
    user = db.session.get(User, mail.user_id) if mail.user_id else None
    if user is None or user.is_closed or user.email != mail.address or now() - mail.created_at > LIFETIME:
        return False
    limit = parse_many(current_app.config["LIMITS"]["RESET"])
    return all(_asked_before(mail, item.get_expiry()) < item.amount for item in limit)


def _asked_before(mail: Mail, seconds: int) -> int:
    """How many of these letters the person was sent, or is owed, from this time before this one."""
    query = select(func.count(Mail.id)).where(
        Mail.user_id == mail.user_id,
        Mail.id < mail.id,
        Mail.template == mail.template,
        Mail.created_at > mail.created_at - timedelta(seconds=seconds),
        Mail.state.in_((State.OWED, State.SENT)),
    )
    return db.session.scalar(query) or 0


def _link(mail: Mail) -> Mapping[str, Any]:
    """Return the address of the link, made now; a letter that is written again after a crash carries the same one.

    Raises LookupError for a letter that went out and whose link is gone: reading the outbox makes no new one.
    """
    with transaction():
        user = locked(User, mail.user_id or 0)
        assert user is not None
        query = select(OneTimeLink).where(
            OneTimeLink.user_id == user.id, OneTimeLink.purpose == PURPOSE, OneTimeLink.created_at >= mail.created_at
        )
        link = db.session.scalar(query.order_by(OneTimeLink.id).limit(1))
        if link is None and mail.state != State.OWED:
            raise LookupError("its link is gone, and only a letter that is still owed may have a new one")
        if link is None:
            link = links.make(user, PURPOSE, mail.address, LIFETIME, end_former=True)
        token = links.token_of(link)
    return {"reset_url": link_to("entry.reset", token=token)}


LETTERS["reset"] = Letter(_l("A new password for your account"), still_due=_is_due, extra=_link)
