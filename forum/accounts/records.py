"""What an administrator reads about one person beyond their own rows. Rooms above add their part to `parts`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal_column, select

from forum.accounts import policy, sessions
from forum.accounts.models import Consent, Session, User
from forum.config import PAGE_SIZE
from forum.core import audit
from forum.core.database import db, must_lock, transaction
from forum.core.errors import Forbidden
from forum.core.networks import cut
from forum.core.paging import Page

NEIGHBOURS_SHOWN = 20
CONSENTS_SHOWN = 20
# spelled out: a bound value would keep the partial index from serving
_KNOWN = User.signup_address != literal_column("''")


@dataclass(frozen=True)
class Line:
    """One line of the record: what happened, when, and where more stands ("" for nowhere)."""

    words: Any
    at: datetime
    href: str = ""


@dataclass(frozen=True)
class Part:
    """A titled part of the record; `lines` are the latest first."""

    title: Any
    lines: Sequence[Line]


# Asked with the person for a part each; the order is that of the page.
parts: list[Callable[[User], Part]] = []

# Asked with (the account that goes, the one that stays) why the two can't be merged; None where nothing speaks against.
objections: list[Callable[[User, User], Any | None]] = []

# Called with the id of the account that stays, in the transaction that moved rows to it and before people are locked:
# rooms above count theirs anew where both accounts had done the same.
recounters: list[Callable[[int], None]] = []


def of_rooms(user: User) -> Iterator[Part]:
    """Yield what the rooms above know about the person."""
    for part in parts:
        yield part(user)


def session_count(user_id: int) -> int:
    """Return on how many devices the person is signed in."""
    query = select(func.count()).select_from(Session).where(Session.user_id == user_id, *sessions.are_open())
    return db.session.scalar(query) or 0


def consents_of(user_id: int) -> Sequence[Consent]:
    """Return which documents the person accepted, the latest first, at most 20."""
    query = select(Consent).where(Consent.user_id == user_id).order_by(Consent.given_at.desc(), Consent.id.desc())
    return db.session.scalars(query.limit(CONSENTS_SHOWN)).all()


def from_same_network(user: User, after_id: int | None = None, size: int = PAGE_SIZE) -> Page[User]:
    """Return who signed up from the same network (/24, /48), by address; `after_id` is the last one shown.

    Addresses are kept for 90 days. Text that begins alike is read along the index; what only looks alike (IPv6 can be
    written in several ways) is left out, so that a page may hold fewer.
    """
    prefix = cut(user.signup_address)
    if not prefix:
        return Page([])
    start = _beginning(prefix)
    query = select(User).where(_KNOWN, User.signup_address >= start, User.signup_address < start + "~")
    last = db.session.get(User, after_id) if after_id else None
    if last is not None:
        seen = User.signup_address > last.signup_address
        query = query.where(seen | ((User.signup_address == last.signup_address) & (User.id > last.id)))
    rows = db.session.scalars(query.order_by(User.signup_address, User.id).limit(size + 1)).all()
    alike = [row for row in rows[:size] if cut(row.signup_address) == prefix]
    return Page(alike, str(rows[size - 1].id) if len(rows) > size else "")


def _beginning(prefix: str) -> str:
    """Return what every address of the network begins with, as text."""
    address = prefix.partition("/")[0]
    if "." in address:
        return address.rpartition(".")[0] + "."
    return ":".join(address.split(":")[:2]) + ":"


def end_sessions(user: User, by: User) -> None:
    """Sign the person out everywhere; logged in public. Raises Forbidden for anybody but an admin."""
    with transaction():
        if not policy.may_administer(by):
            raise Forbidden
        person = must_lock(User, user.id)
        sessions.end_all(person.id)
        audit.record("person.signed_out", by=by, target=f"person:{person.id}")
