"""RL-1 for the routes that need a passkey, a code or a link to succeed: they are counted all the same."""

from typing import Any

import pytest
from flask import Flask

from forum.accounts import arriving, links
from forum.accounts.models import User
from tests.plugins.application import Client

pytestmark = pytest.mark.limits
SECURITY = "/settings/security"


@pytest.mark.parametrize(
    ("path", "row"),
    [("/login/passkey", "LOGIN"), (f"{SECURITY}/passkeys", "PROFILE"), (f"{SECURITY}/recovery", "PROFILE")],
)
def test_a_row_bounds_it(
    app: Flask, as_: Any, alice: User, monkeypatch: pytest.MonkeyPatch, path: str, row: str
) -> None:
    monkeypatch.setitem(app.config["LIMITS"], row, "2 per minute")
    browser = app.test_client() if row == "LOGIN" else as_(alice)
    assert [browser.send(path).status_code == 429 for _ in range(3)] == [False, False, True]


def test_a_link_that_works_is_counted_and_one_that_does_not_is_free(
    app: Flask, client: Client, alice: User, letters: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config["LIMITS"], "FORGOT", "2 per minute")
    assert [client.send("/reset/nothing", new_password="x").status_code for _ in range(4)] == [404] * 4
    client.send("/forgot", username="alice")
    path = letters()[-1][2]["reset_url"].partition("8000")[2]
    assert client.send(path, new_password="two bridges of nine arches").status_code == 303
    assert client.send("/forgot", username="alice").status_code == 429


def test_a_link_that_shows_that_mail_arrives_is_counted(
    app: Flask, client: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config["LIMITS"], "PROFILE", "2 per minute")
    made = [links.make(alice, arriving.PURPOSE, str(alice.email), arriving.LIFETIME) for _ in range(2)]
    answers = [client.send(f"/mail/arrives/{token}") for token in ("nothing", *map(links.token_of, made))]
    assert [answer.status_code for answer in answers] == [404, 303, 429]
