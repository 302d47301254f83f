"""A user name that may not stay is taken away: a neutral one stands for it until its bearer chooses another."""

from __future__ import annotations

import secrets
from typing import TypedDict

from forum.accounts import name_actions, queries
from forum.accounts.models import NameChange, User
from forum.core import signals
from forum.core.database import announce, db, transaction
from forum.core.text import skeleton

DIGITS = 6  # of a million neutral names nobody meets the same twice by chance


class Taken(TypedDict):
    """What brings a name back: the name, the neutral one that stands for it, and the row that keeps it from others."""

    name: str
    given: str
    row: int


def take_away(person: User) -> Taken:
    """Give the locked person a neutral name and return what brings the former one back; joins the transaction.

    The former name leads nowhere any more, nobody takes it again, and by it only its bearer can still sign in. They
    may choose another one at once.
    """
    with transaction() as session:
        given = _free()
        row = NameChange(user_id=person.id, former="", former_key=queries.retired(person.username_key))
        session.add(row)
        session.flush()
        taken = Taken(name=person.username, given=given, row=row.id)
        _name(person, given)
        return taken


def give_back(person: User, taken: Taken) -> bool:
    """Give the locked person the name back, unless they have chosen another; then only they may take it again."""
    with transaction() as session:
        row = session.get(NameChange, taken["row"])
        if row is None or row.user_id != person.id:
            return False
        if person.username != taken["given"]:
            row.former, row.former_key = taken["name"], skeleton(taken["name"])
            return False
        session.delete(row)
        session.flush()
        _name(person, taken["name"])
        return True


def _free() -> str:
    while queries.is_name_taken(given := f"member-{secrets.randbelow(10**DIGITS):0{DIGITS}}"):
        pass
    return given


def _name(person: User, name: str) -> None:
    person.username, person.username_key = name, skeleton(name)
    db.session.flush()
    for owe in name_actions.on_renamed:
        owe(person.id)
    announce(signals.person_renamed, user_id=person.id)
