"""What the tests of accounts share: joining as a person does, and a second process of the same forum."""

import hashlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

import wsgi
from forum.accounts import proofs
from forum.core.database import db
from tests.people import PASSWORD
from tests.plugins.application import Client, MovableClock

SAME = ("TESTING", "FORUM_INSTANCE", "SECRET_KEY", "JOBS", "SQLALCHEMY_DATABASE_URI")


@pytest.fixture
def another_app(app: Flask) -> Iterator[Callable[..., Flask]]:
    """`another_app(SITE_URL=…)`: one more process of the forum on the same database, with other settings."""
    made = []

    def make(**settings: Any) -> Flask:
        other = wsgi.create_app({**{name: app.config[name] for name in SAME}, **settings})
        other.test_client_class = Client
        made.append(other)
        return other

    yield make
    for other in made:
        with other.app_context():
            db.engine.dispose()


GOOD = {"username": "zhou_min", "email": "zhou@example.org", "password": PASSWORD}
Join = Callable[..., Any]


def worked_form(app: Flask) -> dict[str, str]:
    """Return what a page's script fills in: a form opened a while ago, and its work done."""
    token = proofs.open_form()
    bits = proofs.bits_of_a_piece(app.config["SIGNUP_WORK"])
    numbers = [next(n for n in range(2**22) if _zeros(f"{token}:{piece}:{n}", bits)) for piece in range(proofs.PIECES)]
    return {"opened": token, "proof": ".".join(map(str, numbers))}


def _zeros(text: str, bits: int) -> bool:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()) >> (256 - bits) == 0


@pytest.fixture
def join(app: Flask, client: Client, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> Join:
    """`join(username=…)`: somebody fills in the form as a person does, with scripts, and sends it after a while."""
    monkeypatch.setitem(app.config, "SIGNUP_WORK", 4)

    def fill_in(browser: Client = client, **fields: Any) -> Any:
        worked = worked_form(app)
        clock.move(seconds=4)
        return browser.send("/register", **{**GOOD, **worked, **fields})

    return fill_in
