"""AZ-6 where the table of routes has no success: a code, a link and new recovery codes take nothing else along."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from forum.accounts import links
from forum.accounts.models import User
from forum.core.database import db, transaction
from forum.entry import resets
from tests.people import PASSWORD
from tests.plugins.application import Client
from tests.security.test_extra_fields import extras

NEW = "two bridges of nine arches"


def row(user: User) -> dict[str, Any]:
    table = User.__table__
    found = db.session.execute(select(table).where(table.c.id == user.id)).mappings().one()
    return dict(found)


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def test_the_second_step(client: Client, alice: User, bob: User, authenticator_app: Callable[[User], Any]) -> None:
    app = authenticator_app(alice)
    client.send("/login", username="alice", password=PASSWORD)
    before = row(alice)
    own = {"code": app.code()}
    assert client.send("/login/second", **own, **extras({*own, "next", "passkey"})).status_code == 303
    assert changed(before, row(alice)) == {"signed_in_at"}
    assert "Alice" in client.get("/settings/profile").text


def test_the_link_to_a_new_password(client: Client, alice: User, bob: User) -> None:
    with transaction():
        link = links.make(alice, resets.PURPOSE, str(alice.email), resets.LIFETIME)
    token = links.token_of(link)
    before, bobs = row(alice), row(bob)
    own = {"new_password": NEW}
    assert client.send(f"/reset/{token}", **own, **extras({*own})).status_code == 303
    assert changed(before, row(alice)) == {"password_hash", "signed_in_at"}
    assert row(bob) == bobs


def test_new_recovery_codes(client: Client, alice: User, authenticator_app: Callable[[User], Any]) -> None:
    app = authenticator_app(alice)
    client.send("/login", username="alice", password=PASSWORD)
    client.send("/login/second", code=app.code())
    before = row(alice)
    assert client.send("/settings/security/recovery", **extras(set())).status_code == 200
    assert changed(before, row(alice)) == set()
