"""What the tests of getting in share: a second process, codes of an authenticator app, a key in software, the mail."""

from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from forum import config
from forum.accounts.models import User
from forum.core.database import db, now
from forum.entry import authenticators, provider_client
from forum.mail.letters import LETTERS
from forum.mail.models import Mail
from tests.accounts.conftest import another_app
from tests.plugins.application import Client
from tests.servers.oidc import Provider, running_provider

__all__ = ["another_app"]
LOCALHOST = "http://localhost:8000"


class App:
    """An authenticator app: the secret, and the code that it shows at the forum's present."""

    def __init__(self, user: User) -> None:
        authenticators.start(user)
        secret = authenticators.secret_in_making(user)
        assert secret
        self.secret = secret
        self.recovery = authenticators.confirm(user, self.code()) or []

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).generate_otp(int(now().timestamp()) // 30 + steps)


@pytest.fixture
def authenticator_app(app: Flask, clock: Any) -> Callable[[User], App]:
    """`authenticator_app(alice)`: alice has one in force; its first code was taken, the next comes in a minute."""

    def set_up(user: User) -> App:
        made = App(user)
        clock.move(minutes=1)
        return made

    return set_up


@pytest.fixture
def letters(app: Flask) -> Callable[[], list[tuple[str, str, dict[str, Any]]]]:
    """`letters()`: what is owed and due, as (template, address, facts with what is looked up when it is written)."""

    def read() -> list[tuple[str, str, dict[str, Any]]]:
        db.session.rollback()
        found = []
        for mail in db.session.scalars(select(Mail).order_by(Mail.id)).all():
            letter = LETTERS[mail.template]
            if letter.still_due is None or letter.still_due(mail):
                extra = letter.extra(mail) if letter.extra else {}
                found.append((mail.template, mail.address, {**mail.facts, **extra}))
        return found

    return read


@pytest.fixture
def by_name(another_app: Callable[..., Flask]) -> Callable[[], Client]:
    """`by_name()`: a browser at a forum that is reached by a name, where passkeys work."""
    made: list[Flask] = []

    def browser() -> Client:
        if not made:
            made.append(another_app(SITE_URL=LOCALHOST, RATELIMIT_ENABLED=False))
        client = made[0].test_client()
        assert isinstance(client, Client)
        return client

    return browser


@pytest.fixture(scope="session")
def acme() -> Iterator[Provider]:
    """One provider for all tests that don't stop it."""
    with running_provider() as started:
        yield started


@pytest.fixture
def provider(acme: Provider) -> Provider:
    """A provider that tells the truth and knows alice as a-1."""
    acme.behave()
    acme.knows("a-1", email="alice@elsewhere.example", email_verified=True, name="Alice")
    return acme


@pytest.fixture
def outside(app: Flask, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The forum, where people may sign in with Acme."""
    provider_client._clients.clear()  # what a provider says of itself is kept for an hour
    monkeypatch.setitem(app.config, "IDENTITY_PROVIDERS", config.identity_providers(provider.settings()))
    monkeypatch.setitem(app.config, "SIGNUP_WORK", 4)
    return app


@pytest.fixture
def reader(outside: Flask) -> Client:
    """A browser there."""
    client = outside.test_client()
    assert isinstance(client, Client)
    return client
