"""A-2: the flags of our cookies, over http and over https."""

from collections.abc import Callable
from typing import Any

from flask import Flask

from forum.accounts.models import User
from tests.people import PASSWORD
from tests.plugins.application import Client


def set_cookies(client: Client, **request: Any) -> dict[str, str]:
    answer = client.post(
        "/login", data={"csrf_token": client.csrf_token(), "username": "alice", "password": PASSWORD}, **request
    )
    assert answer.status_code == 303, answer.text
    return {line.partition("=")[0]: line for line in answer.headers.getlist("Set-Cookie")}


def flags(line: str) -> set[str]:
    return {part.strip() for part in line.split(";")[1:]}


def test_over_http(client: Client, alice: User) -> None:
    sent = set_cookies(client)
    assert {"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=2592000"} <= flags(sent["signin"])
    assert "Secure" not in sent["signin"]


def test_over_https_every_cookie_is_bound_to_the_host(
    app: Flask, another_app: Callable[..., Flask], alice: User
) -> None:
    client = another_app(SITE_URL="https://forum.example").test_client()
    assert isinstance(client, Client)
    sent = set_cookies(client, base_url="https://localhost")
    assert "__Host-signin" in sent and "signin" not in sent
    for name, line in sent.items():
        assert name.startswith("__Host-"), name
        assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= flags(line), line
        assert "Domain" not in line
    left = client.post(
        "/logout", data={"csrf_token": client.csrf_token()}, base_url="https://localhost"
    ).headers.getlist("Set-Cookie")
    gone = next(line for line in left if line.startswith("__Host-signin="))
    assert "Secure" in flags(gone) and "Max-Age=0" in flags(gone), "without Secure a browser keeps a __Host- cookie"


def test_the_plain_name_is_not_accepted_over_https(
    app: Flask, another_app: Callable[..., Flask], as_: Any, alice: User
) -> None:
    token = as_(alice).get_cookie("signin").value
    client = another_app(SITE_URL="https://forum.example").test_client()
    client.set_cookie("signin", token)
    assert client.get("/settings/profile", base_url="https://localhost").status_code == 303
    client.set_cookie("__Host-signin", token)
    assert client.get("/settings/profile", base_url="https://localhost").status_code == 200
