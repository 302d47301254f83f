"""Signing in: by name or e-mail address; every failure looks the same; the browser leads back to where it was."""

import re
from datetime import timedelta
from typing import Any, Literal

import pytest
from argon2 import Parameters, PasswordHasher, extract_parameters

from forum.accounts import actions, passwords
from forum.accounts.models import User
from forum.core.database import db, now, transaction
from tests.people import PASSWORD
from tests.plugins.application import Client


def sign_in(client: Client, username: str, password: str = PASSWORD, **fields: Any) -> Any:
    return client.send("/login", username=username, password=password, **fields)


def is_signed_in(client: Client) -> bool:
    return bool(client.get("/settings/profile").status_code == 200)


def without_tokens(page: str) -> str:
    return re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", page)


@pytest.mark.parametrize("login", ["alice", "ALICE", "ａｌｉｃｅ", " alice ", "alice@example.org", "Alice@Example.ORG"])
def test_a_name_or_an_address_signs_in(client: Client, alice: User, login: str) -> None:
    answer = sign_in(client, login)
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_signed_in(client)


@pytest.mark.parametrize("login", ["a1ice", "аlice", "alice@example.com"])
def test_a_look_alike_does_not_sign_in(client: Client, alice: User, login: str) -> None:
    assert sign_in(client, login).status_code == 422
    assert not is_signed_in(client)


def test_an_unknown_name_and_a_wrong_password_look_the_same(client: Client, alice: User) -> None:
    wrong = sign_in(client, "alice", "not her password")
    unknown = sign_in(client, "alicf", "not her password")
    address = sign_in(client, "nobody@example.org", "not her password")
    pages = [without_tokens(each.text).replace(name, "NAME") for each, name in (
        (wrong, 'value="alice"'), (unknown, 'value="alicf"'), (address, 'value="nobody@example.org"'),
    )]  # fmt: skip
    assert wrong.status_code == unknown.status_code == address.status_code == 422
    assert pages[0] == pages[1] == pages[2]
    headers = [{name: value for name, value in each.headers if name != "Content-Length"} for each in (wrong, unknown)]
    assert {**headers[0], "Set-Cookie": ""} == {**headers[1], "Set-Cookie": ""}


class Counting(PasswordHasher):
    """The hasher of the forum, which also notes the costs written in every hash that it compares."""

    def __init__(self, like: PasswordHasher) -> None:
        super().__init__(time_cost=like.time_cost, memory_cost=like.memory_cost, parallelism=like.parallelism)
        self.compared: list[Parameters] = []

    def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
        self.compared.append(extract_parameters(str(hash)))
        return super().verify(hash, password)


def test_an_unknown_name_costs_as_much(monkeypatch: pytest.MonkeyPatch, app: Any, alice: User) -> None:
    """As many hashes of the same costs are compared; how long they take is argon2's own affair."""
    hasher = Counting(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", hasher)

    def cost(login: str) -> list[Parameters]:
        hasher.compared.clear()
        assert actions.authenticate(login, "not her password") is None
        return list(hasher.compared)

    for unknown, known in (("nobody", "alice"), ("nobody@example.org", "alice@example.org")):
        assert cost(unknown) == cost(known) != []


def test_somebody_without_a_password_does_not_sign_in(client: Client, person: Any) -> None:
    person("imported", password_hash="")
    for password in ("", "not a password"):
        assert sign_in(client, "imported", password).status_code == 422


def test_a_suspended_person_is_told_until_when_only_with_the_password(client: Client, sam: User) -> None:
    told = sign_in(client, "sam")
    assert told.status_code == 422
    assert "suspended until" in told.text
    assert not is_signed_in(client)
    assert "suspended" not in sign_in(client, "sam", "not his password").text


def test_the_end_of_a_suspension_is_told_in_the_persons_own_zone(client: Client, person: Any) -> None:
    end = now().replace(hour=18, minute=30) + timedelta(days=3)
    person("lin", timezone="Asia/Shanghai", suspended_until=end)
    told = sign_in(client, "lin").text
    assert "2:30" in told and "(Shanghai)" in told and "UTC" not in told.split("<main")[1]


def test_a_suspension_that_has_ended_is_over(client: Client, sam: User, clock: Any) -> None:
    clock.move(days=8)
    assert sign_in(client, "sam").status_code == 303


@pytest.mark.parametrize("target", ["/experts", "/search?q=%E7%BD%91&sort=newest"])
def test_signing_in_leads_back(client: Client, alice: User, target: str) -> None:
    assert sign_in(client, "alice", next=target).location == target


@pytest.mark.parametrize(
    "target",
    ["//evil.example", "/\\evil.example", "https:evil.example", "https://evil.example/", "/\t/evil.example",
     "\\\\evil.example", "javascript:alert(1)", "/%09/../\n//evil.example", "///evil.example", "evil", "",
     "/login?next=/x"],
)  # fmt: skip
def test_signing_in_never_leads_elsewhere(client: Client, alice: User, target: str) -> None:
    assert sign_in(client, "alice", next=target).location == "/"


def test_a_page_for_members_asks_to_sign_in_and_leads_back(client: Client, alice: User) -> None:
    asked = client.get("/settings/password?x=1")
    assert asked.status_code == 303
    page = client.get(asked.location)
    assert 'value="/settings/password?x=1"' in page.text


def test_what_somebody_sent_after_their_session_ended_is_kept(client: Client, alice: User) -> None:
    refused = client.send("/settings/profile", display_name="Typed", bio="A long story.")
    assert refused.status_code == 401
    assert 'href="/login"' in refused.text
    assert 'value="Typed"' in refused.text and "A long story." in refused.text


def test_signing_in_makes_everything_new(client: Client, alice: User) -> None:
    client.get("/login")
    former_token, former_form = client.csrf_token(), client.get_cookie("form")
    sign_in(client, "alice")
    first = client.get_cookie("signin")
    assert first and former_form and client.get_cookie("form") != former_form
    replayed = client.post("/settings/profile", data={"csrf_token": former_token, "display_name": "x"})
    assert replayed.status_code == 400, "a form token from before signing in is worth nothing"
    sign_in(client, "alice")
    second = client.get_cookie("signin")
    assert second and second.value != first.value
    stranger = client.application.test_client()
    stranger.set_cookie("signin", first.value)
    assert stranger.get("/settings/profile").status_code == 303, "the browser's former session has ended"


def test_an_old_hash_is_made_anew(client: Client, alice: User) -> None:
    with transaction():
        alice.password_hash = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    assert passwords.is_outdated(alice.password_hash)
    assert sign_in(client, "alice").status_code == 303
    db.session.refresh(alice)
    assert not passwords.is_outdated(alice.password_hash)
    assert sign_in(client, "alice").status_code == 303


def test_extra_fields_change_nothing(client: Client, alice: User) -> None:
    sign_in(client, "alice", role="admin", user_id="1", _user_id="1")
    db.session.refresh(alice)
    assert alice.role == "netizen"
    assert client.get("/admin").status_code == 403


@pytest.mark.parametrize("hostile", ["\x00", "a\x00b@example.org", "x" * 100_000, "%s", "' OR 1=1 --", "\ud7ff@"])
def test_a_hostile_name_is_refused_calmly(client: Client, hostile: str) -> None:
    assert sign_in(client, hostile).status_code == 422


def test_who_is_signed_in_costs_one_statement(as_: Any, client: Client, alice: User, statements: Any) -> None:
    browser = as_(alice)
    with statements() as seen:
        assert browser.get("/settings/password").status_code == 200
    assert sum("FROM sessions" in each for each in seen) == 1
    assert not any("FROM users" in each and "FROM sessions" not in each for each in seen)
    with statements() as seen:
        assert client.get("/login").status_code == 200
    assert seen == [], "an anonymous reader's page asks nobody who they are"


def test_a_remember_cookie_of_another_program_is_no_hindrance(as_: Any, alice: User) -> None:
    browser = as_(alice)
    browser.set_cookie("remember_token", "1|" + "0" * 128)
    assert is_signed_in(browser)
