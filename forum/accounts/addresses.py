"""Network addresses of people: how one is kept, for how long, and how it is said to its owner without any look-up.

A whole address is kept for 7 days, its network (/24 or /48) until 90 days, then nothing (decision 5 of issue 3).
"""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

from sqlalchemy import literal_column, select, update

from forum.accounts.models import Session, User
from forum.config import SESSION_LIFETIME
from forum.core.database import db, now, transaction
from forum.core.jobs import sweeper
from forum.core.networks import cut

WHOLE_FOR = timedelta(days=7)
KEPT_FOR = timedelta(days=90)
_AT_ONCE = 1_000
# literals, as they stand in the partial indexes: a bound value would keep these from serving
_NOTHING: Any = literal_column("''")
_A_NETWORK: Any = literal_column("'%/%'")


def kept(address: str | None) -> str:
    """Return the address as a row keeps it: IPv4 in its own form, no zone; "" for what is no address."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return ""
    return str(getattr(found, "ipv4_mapped", None) or found)


def is_near(address: str, here: str) -> bool:
    """Whether two addresses, whole or cut, are in one network."""
    return bool(address) and cut(address) == cut(here)


def kind(address: str) -> str:
    """Return "" (unknown), "loopback" (the forum's own machine), "private" or "public"."""
    try:
        found = ipaddress.ip_interface(address).ip
    except ValueError:
        return ""
    if found.is_loopback:
        return "loopback"
    return "private" if found.is_private else "public"


@sweeper
def cut_old() -> None:
    """Cut addresses after 7 days and forget them after 90, some at a time."""
    # An ended session goes after 30 days; the index on its end finds those that began over 7 days ago.
    _shorten(Session.id, Session.address, Session.expires_at <= now() - WHOLE_FOR + SESSION_LIFETIME)
    _shorten(User.id, User.signup_address, User.created_at <= now() - WHOLE_FOR)
    forgotten = User.signup_address != _NOTHING, User.created_at <= now() - KEPT_FOR
    ids = db.session.scalars(select(User.id).where(*forgotten).limit(_AT_ONCE)).all()
    if ids:
        with transaction() as session:
            session.execute(update(User).where(User.id.in_(ids)).values(signup_address=""))


def _shorten(row_id: Any, column: Any, is_old: Any) -> None:
    is_whole = column != _NOTHING, column.not_like(_A_NETWORK)
    old = db.session.execute(select(row_id, column).where(*is_whole, is_old).limit(_AT_ONCE)).all()
    if old:
        with transaction() as session:
            for number, address in old:
                session.execute(update(row_id.class_).where(row_id == number).values({column.key: cut(address)}))
