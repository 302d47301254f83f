"""Owing a letter, and keeping account of it: claimed, sent, tried again, failed. The only writer of mails.

A letter is written when it is sent; its row says to whom, which one, and what caused it.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from forum.core import signals
from forum.core.database import announce, db, locked, now, transaction
from forum.mail import recipients
from forum.mail.addresses import address_key
from forum.mail.letters import KINDS, LETTERS
from forum.mail.models import Mail, State

KEY_LIMIT = 120
ADDRESS_LIMIT = 320
ERROR_LIMIT = 300
LEASE = timedelta(minutes=10)  # longer than a conversation with the slowest server: then whoever claimed it is dead
FIRST_DELAY = timedelta(minutes=1)
LONGEST_DELAY = timedelta(hours=6)
GIVE_UP_AFTER = timedelta(
    days=2
)  # since the first attempt; RFC 5321, 4.5.4.1 asks for four to five days; a link in a letter is dead by then
LEAST_ATTEMPTS = 12  # however long ago the first one was: the worker, too, may have been away; two days hold some 16
JITTER = 0.25  # of a delay, to either side


@dataclass(frozen=True)
class Owed:
    """A letter that is owed: which one, to whom, and the `key` of what caused it; the rest as `owe` says."""

    template: str
    address: str
    key: str
    language: str = ""
    user_id: int | None = None
    kind: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    after: timedelta = timedelta(0)


def owe(
    template: str,
    address: str,
    key: str,
    *,
    language: str = "",
    user_id: int | None = None,
    kind: str = "",
    facts: Mapping[str, Any] | None = None,
    after: timedelta = timedelta(0),
) -> None:
    """Owe a letter to an address, in the caller's transaction if there is one; nothing if `key` is owed already.

    `facts` are plain values that the template needs and no secret (see `Letter.extra`); `language` is "en" or
    "zh_Hans" ("" is English); `kind` is one of KINDS for mail that the person may turn off; `after` is how long it
    waits at least. The worker is nudged after the commit. An address that is none makes the letter fail when it is
    sent, never the caller. Raises ValueError for a letter or kind that no room has put in, and for a key of more than
    120 characters.
    """
    owe_all([Owed(template, address, key, language, user_id, kind, facts or {}, after)])


def owe_all(letters: Iterable[Owed]) -> None:
    """Owe some hundred letters in one statement, as `owe` does each; every row has ten values, of which PostgreSQL
    takes 65,535 and SQLite 32,766 in one statement."""
    rows = [_row(letter, now()) for letter in letters]
    if not rows:
        return
    dialect = postgresql if db.engine.dialect.name == "postgresql" else sqlite
    insert = dialect.insert(Mail).values(rows).on_conflict_do_nothing(index_elements=["key"]).returning(Mail.id)
    with transaction() as session:
        for mail_id in session.scalars(insert).all():
            announce(signals.mail_owed, mail_id=mail_id)


def _row(letter: Owed, moment: datetime) -> dict[str, Any]:
    known = letter.template in LETTERS and (not letter.kind or letter.kind in KINDS)
    if not known or len(letter.key) > KEY_LIMIT:
        raise ValueError(f"no such letter can be owed: {letter.template!r}, kind {letter.kind!r}, key {letter.key!r}")
    return {
        "template": letter.template,
        "address": " ".join(letter.address.split())[:ADDRESS_LIMIT],
        "address_key": address_key(letter.address),
        "key": letter.key,
        "language": letter.language,
        "user_id": letter.user_id,
        "kind": letter.kind,
        "facts": dict(letter.facts),
        "created_at": moment,
        "next_at": moment + letter.after,
    }


def forget_owed(key: str) -> bool:
    """Owe a letter no longer whose cause was taken back; return whether it was owed and nobody has tried to send it."""
    with transaction() as session:
        gone = session.execute(delete(Mail).where(Mail.key == key, Mail.state == State.OWED, Mail.attempts == 0))
        return bool(getattr(gone, "rowcount", 0))


def claim(mail_id: int) -> Mail | None:
    """Return the letter if it is due and nobody else tries it now; it is ours for LEASE then, and counts as tried.

    After a crash the lease ends and the letter is due again: it may be sent twice, and never not at all.
    """
    with transaction():
        mail = locked(Mail, mail_id)
        if mail is None or mail.state != State.OWED or mail.next_at > now():
            return None
        mail.attempts += 1
        mail.first_tried_at = mail.first_tried_at or now()
        mail.next_at, mail.error = now() + LEASE, ""  # owed without an error: new, or in somebody's hand
        return mail


def sent(mail_id: int) -> None:
    """The server took the letter."""
    _settle(mail_id, state=State.SENT, sent_at=now(), error="")


def postponed(mail_id: int, error: str) -> None:
    """It could not be sent now: it is tried again later and later, and given up after two days of attempts."""
    with transaction():
        mail = locked(Mail, mail_id)
        if mail is None or mail.state != State.OWED:
            return
        mail.error = _short(error)
        if mail.attempts >= LEAST_ATTEMPTS and now() - (mail.first_tried_at or now()) >= GIVE_UP_AFTER:
            mail.state = State.FAILED
            _tell_if_lost(mail)
        else:
            mail.next_at = now() + delay(mail.attempts)


def failed(mail_id: int, error: str, *, returned: bool = False) -> None:
    """It will never be sent; `returned`: because its address takes no mail, which is counted for the person."""
    mail = _settle(mail_id, state=State.FAILED, error=_short(error))
    if returned:
        _tell_of_return(mail)


def came_back(mail_id: int, error: str, *, returned: bool) -> bool:
    """A server that had taken the letter gave it up afterwards; return whether that was news.

    `returned` as in `failed`. A letter comes back once: a second report of it changes and counts nothing.
    """
    mail = _settle(mail_id, (State.OWED, State.SENT), state=State.FAILED, error=_short(f"it came back: {error}"))
    if returned:
        _tell_of_return(mail)
    return mail is not None


def _tell_of_return(mail: Mail | None) -> None:
    if mail is not None and mail.user_id is not None:
        recipients.tell_of_return(mail.user_id, mail.address)


def dropped(mail_id: int, why: str) -> None:
    """It is not due any more."""
    _settle(mail_id, state=State.DROPPED, error=_short(why))


def _settle(mail_id: int, former: Collection[State] = (State.OWED,), **facts: Any) -> Mail | None:
    """Write what became of a letter in one of the states `former`; return it, or None for any other. People are told
    afterwards: their rows come first in every other transaction that locks both."""
    with transaction():
        mail = locked(Mail, mail_id)
        if mail is None or mail.state not in former:
            return None
        for name, value in facts.items():
            setattr(mail, name, value)
        _tell_if_lost(mail)
        return mail


def _tell_if_lost(mail: Mail) -> None:
    letter = LETTERS.get(mail.template)
    if letter is not None and letter.on_lost is not None and mail.state in (State.FAILED, State.DROPPED):
        letter.on_lost(mail)


def retry(mail_id: int) -> bool:
    """Owe a letter that failed once more, or try one that waits at once; return whether there was anything to do."""
    with transaction():
        mail = locked(Mail, mail_id)
        if mail is None or not may_retry(mail):
            return False
        mail.state, mail.next_at, mail.attempts, mail.first_tried_at = State.OWED, now(), 0, None
        announce(signals.mail_owed, mail_id=mail.id)
        return True


def may_retry(mail: Mail) -> bool:
    """Whether trying once more makes sense: it failed, or waits after a failure and is in nobody's hand."""
    return mail.state == State.FAILED or (mail.state == State.OWED and bool(mail.error))


def forget_of(user_id: int) -> None:
    """Delete every letter to a person who leaves, also those still owed; joins the caller's transaction."""
    with transaction() as session:
        session.execute(delete(Mail).where(Mail.user_id == user_id))


def drop_owed(user_ids: Collection[int], address: str, why: str) -> None:
    """Drop what is still owed to these people at an address that is given up; joins the caller's transaction."""
    owed = select(Mail.id).where(Mail.user_id.in_(user_ids), Mail.address == address, Mail.state == State.OWED)
    with transaction() as session:
        for mail_id in session.scalars(owed.order_by(Mail.id)).all():
            dropped(mail_id, why)


def forget(mail_ids: Sequence[int]) -> None:
    """Delete the rows of old letters."""
    with transaction() as session:
        session.execute(delete(Mail).where(Mail.id.in_(mail_ids), Mail.state != State.OWED))


def delay(attempts: int) -> timedelta:
    """Return how long a letter waits after this many attempts: a minute, doubled each time, six hours at most."""
    plain = min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY)
    return plain * (1 + JITTER * (2 * secrets.SystemRandom().random() - 1))


def _short(error: str) -> str:
    return " ".join(error.replace("\x00", "").split())[:ERROR_LIMIT]
