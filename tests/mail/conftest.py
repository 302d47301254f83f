"""What the tests of mail share: a kind of mail, the trial letter owed to somebody, and the rows as they are now."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from forum.accounts.models import User
from forum.core.database import db
from forum.mail.actions import owe
from forum.mail.letters import KINDS
from forum.mail.models import Mail


@pytest.fixture(autouse=True)
def _fresh(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of mail that one may turn off, and a mail server of which nothing bad is known."""
    monkeypatch.setitem(KINDS, "trying", "Test letters")
    app.extensions["mail_line"].rests_until = 0.0


@pytest.fixture
def owe_to(app: Flask) -> Callable[..., int]:
    """`owe_to(alice, kind="trying")`: owe the trial letter to a person (or to an address); the letter's id."""
    count = iter(range(1_000))

    def owe_letter(person: User | str, **options: Any) -> int:
        address = person if isinstance(person, str) else str(person.email)
        user_id = None if isinstance(person, str) else person.id
        facts = {"name": "爱丽丝", "by": "carol & <bob>", "address": address, **options.pop("facts", {})}
        key = f"test:{next(count)}"
        owe("trial", address, key, user_id=user_id, facts=facts, **options)
        found = db.session.scalar(select(Mail.id).where(Mail.key == key))
        assert found is not None
        return found

    return owe_letter


@pytest.fixture
def row() -> Callable[[int], Mail]:
    """`row(mail_id)`: the letter as it stands in the database now."""

    def read(mail_id: int) -> Mail:
        db.session.rollback()
        db.session.expire_all()
        found = db.session.get(Mail, mail_id)
        assert found is not None
        return found

    return read
