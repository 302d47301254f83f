"""A-1: cookies of every kind, copied and replayed in another process, are worth nothing after what ended them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from forum.accounts import actions, known_devices, suspensions
from forum.accounts.models import User
from forum.core.database import now
from forum.leaving import closing
from tests.people import PASSWORD
from tests.plugins.application import Client

NEW = "two bridges of nine arches"
KINDS = ("signin", "device", "half", "form")


def copied(client: Client) -> dict[str, str]:
    found = {name: client.get_cookie(name) for name in KINDS}
    return {name: cookie.value for name, cookie in found.items() if cookie}


def thief_with(app: Flask, cookies: dict[str, str]) -> Client:
    client = app.test_client()
    assert isinstance(client, Client)
    for name, value in cookies.items():
        client.set_cookie(name, value)
    return client


def log_out(alice: User, carol: User, browser: Client) -> None:
    assert browser.send("/logout").status_code == 303


def change_password(alice: User, carol: User, browser: Client) -> None:
    actions.change_password(alice, NEW)


def suspend(alice: User, carol: User, browser: Client) -> None:
    suspensions.suspend(alice, now() + timedelta(days=3), by=carol)


def change_role(alice: User, carol: User, browser: Client) -> None:
    actions.change_role(alice, "moderator", by=carol)


def delete(alice: User, carol: User, browser: Client) -> None:
    closing.delete_now(alice, "name", lambda _step: None)


ENDINGS = [log_out, change_password, suspend, change_role, delete]


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_session_its_form_tokens_and_its_device(
    app: Flask, another_app: Callable[..., Flask], client: Client, alice: User, carol: User, ending: Any
) -> None:
    other = another_app(RATELIMIT_ENABLED=False)
    client.send("/login", username="alice", password=PASSWORD)
    client.get("/settings/profile")
    stolen = copied(client)
    assert set(stolen) == {"signin", "device", "form"}
    assert thief_with(other, stolen).get("/settings/profile").status_code == 200
    ending(alice, carol, client)
    for process in (app, other):
        thief = thief_with(process, stolen)
        assert thief.get("/settings/profile").status_code == 303
        assert thief.send("/settings/profile", display_name="The thief").status_code == 401
        assert thief.send("/prove", proof_password=PASSWORD).status_code == 401
    if ending in (change_password, delete):
        assert known_devices.of_person(alice.id, stolen["device"]) is None


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_half_a_sign_in(
    app: Flask,
    another_app: Callable[..., Flask],
    alice: User,
    carol: User,
    authenticator_app: Any,
    ending: Any,
) -> None:
    shown = authenticator_app(alice)
    other = another_app(RATELIMIT_ENABLED=False)
    browser = app.test_client()
    assert isinstance(browser, Client)
    browser.send("/login", username="alice", password=PASSWORD)
    stolen = copied(browser)
    assert set(stolen) == {"half", "form"}
    assert thief_with(other, stolen).get("/login/second").status_code == 200
    assert thief_with(other, stolen).get("/settings/profile").status_code == 303, "it signs nobody in"
    ending(alice, carol, browser)
    for process in (app, other):
        thief = thief_with(process, stolen)
        assert thief.get("/login/second").location.startswith("/login")
        assert thief.send("/login/second", code=shown.code()).location.startswith("/login?")
        assert not thief.get_cookie("signin")


def test_a_form_token_from_before_signing_in(client: Client, alice: User) -> None:
    client.get("/login")
    token = client.csrf_token()
    client.send("/login", username="alice", password=PASSWORD)
    assert client.post("/settings/profile", data={"csrf_token": token, "display_name": "x"}).status_code == 400


def test_a_device_alone_signs_nobody_in(app: Flask, client: Client, alice: User) -> None:
    client.send("/login", username="alice", password=PASSWORD)
    thief = thief_with(app, {"device": copied(client)["device"]})
    assert thief.get("/settings/profile").status_code == 303
    assert thief.send("/login", username="alice", password="a wrong guess").status_code == 422
