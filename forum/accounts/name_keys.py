"""Keys of user names made by a former version are made anew when the rules for look-alikes have changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import select, update

from forum.accounts.models import User
from forum.core.database import db, transaction
from forum.core.text import skeleton

BATCH = 1_000


class Stale(NamedTuple):
    """An account whose stored key is not the one that its name has today."""

    id: int
    username: str
    key: str


def refresh() -> list[tuple[str, str]]:
    """Store today's key of every name; return (name, whose look it has) for those whose key another account holds.

    These keep the key that they have: both people go on as they are, and nobody new can look like either. Safe to
    repeat and to kill.
    """
    stale = list(_stale())
    while stale:
        left = [one for some in _batches(stale) for one in _store(some)]
        if len(left) == len(stale):
            return [(one.username, _holders([one])[one.key]) for one in stale]
        stale = left  # a key may have become free
    return []


def _stale() -> Iterator[Stale]:
    last = 0
    query = select(User.id, User.username, User.username_key).order_by(User.id).limit(BATCH)
    while rows := db.session.execute(query.where(User.id > last)).all():
        last = rows[-1][0]
        for user_id, username, stored in rows:
            if (key := skeleton(username)) != stored:
                yield Stale(user_id, username, key)


def _store(some: Sequence[Stale]) -> list[Stale]:
    """Store the keys that are free and return those that are not; of two accounts with one key the older gets it."""
    left = []
    with transaction() as session:
        taken = set(_holders(some))
        for one in some:
            if one.key in taken:
                left.append(one)
                continue
            taken.add(one.key)
            session.execute(update(User).where(User.id == one.id).values(username_key=one.key))
    return left


def _holders(some: Sequence[Stale]) -> dict[str, str]:
    query = select(User.username_key, User.username).where(User.username_key.in_({one.key for one in some}))
    return {row.username_key: row.username for row in db.session.execute(query)}


def _batches(stale: list[Stale]) -> Iterator[list[Stale]]:
    return (stale[start : start + BATCH] for start in range(0, len(stale), BATCH))
