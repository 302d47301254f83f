"""RL-1: as many tries as the table says pass, the next one is 429, readable, and keeps what was typed."""

from typing import Any

import pytest

from forum.accounts.models import User
from tests.people import PASSWORD
from tests.plugins.application import Client

pytestmark = pytest.mark.limits


def log_in(client: Client, password: str, address: str = "192.0.2.1", **request: Any) -> Any:
    fields = {"csrf_token": client.csrf_token(), "username": "alice", "password": password}
    return client.post("/login", data=fields, environ_base={"REMOTE_ADDR": address}, **request)


def register(client: Client, name: str, address: str = "192.0.2.1") -> Any:
    fields = {"username": name, "email": f"{name}@example.org", "password": PASSWORD}
    fields["csrf_token"] = client.csrf_token()
    return client.post("/register", data=fields, environ_base={"REMOTE_ADDR": address})


def test_six_sign_ins_a_minute_from_one_address(app: Any, client: Client, alice: User) -> None:
    assert [log_in(client, "a wrong password").status_code for _ in range(6)] == [422] * 6
    refused = log_in(client, PASSWORD)
    assert refused.status_code == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert "Please try again in" in refused.text
    assert 'value="alice"' in refused.text
    assert PASSWORD not in refused.text and 'name="password"' not in refused.text
    assert log_in(app.test_client(), PASSWORD).status_code == 429, "new cookies are no new address"
    assert log_in(client, PASSWORD, "192.0.2.2").status_code == 303, "alice gets in from elsewhere"


def test_the_page_itself_is_not_counted(client: Client, alice: User) -> None:
    for _ in range(8):
        assert client.get("/login", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 200
    assert log_in(client, PASSWORD).status_code == 303


def test_one_network_of_ipv6_is_one_address(client: Client, alice: User) -> None:
    for last in range(6):
        log_in(client, "a wrong password", f"2001:db8:1:2::{last}")
    assert log_in(client, PASSWORD, "2001:db8:1:2:ffff::1").status_code == 429
    assert log_in(client, PASSWORD, "2001:db8:1:3::1").status_code == 303


def test_a_forwarded_address_is_not_believed(client: Client, alice: User) -> None:
    for _ in range(6):
        log_in(client, "a wrong password")
    fields = {"csrf_token": client.csrf_token(), "username": "alice", "password": PASSWORD}
    lied = client.post(
        "/login", data=fields, environ_base={"REMOTE_ADDR": "192.0.2.1"}, headers={"X-Forwarded-For": "1.2.3.4"}
    )
    assert lied.status_code == 429


def test_five_accounts_an_hour_and_typing_mistakes_are_free(app: Any) -> None:
    for number in range(5):
        client = app.test_client()
        assert register(client, "x").status_code == 422
        assert register(client, f"person{number}a").status_code == 303
    last = app.test_client()
    refused = register(last, "sixth_one")
    assert refused.status_code == 429
    assert 60 < int(refused.headers["Retry-After"]) <= 3601
    assert 'value="sixth_one"' in refused.text
    assert PASSWORD not in refused.text
    assert register(app.test_client(), "sixth_one", "192.0.2.2").status_code == 303


def test_the_page_speaks_the_readers_language(client: Client, alice: User) -> None:
    client.set_cookie("language", "zh_Hans")
    for _ in range(6):
        log_in(client, "a wrong password")
    assert '<html lang="zh-Hans"' in log_in(client, PASSWORD).text
