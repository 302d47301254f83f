"""Making an account: whose name may be taken, and what nobody learns from it."""

import re
from typing import Any

import pytest

from forum.accounts import actions, queries
from forum.accounts.models import User
from tests.people import PASSWORD
from tests.plugins.application import Client

GOOD = {"username": "zhou_min", "email": "zhou@example.org", "password": PASSWORD}


def register(client: Client, **fields: Any) -> Any:
    return client.send("/register", **{**GOOD, **fields})


def test_a_new_account_is_signed_in_and_welcomed(client: Client) -> None:
    answer = register(client, next="/experts")
    assert (answer.status_code, answer.location) == (303, "/experts")
    assert "zhou_min" in client.get("/experts").text
    assert client.get("/settings/profile").status_code == 200
    user = queries.by_username("zhou_min")
    assert user and user.is_newcomer and user.role == "netizen" and user.language == "en"


@pytest.mark.parametrize("name", ["周敏", "Zoë", "ana.maria-2", "Ｗｉｄｅ", "x2"])
def test_names_of_both_scripts_work(client: Client, name: str) -> None:
    assert register(client, username=name).status_code == 303


@pytest.mark.parametrize(
    "look_alike",
    [
        "alice",
        "ALICE",
        "аlice",
        "ａｌｉｃｅ",
        "a1ice",
        "alicе",
        "álice",
        "a\u0301lice",
        "alice ",
        "aIice",
        "al\u0131ce",
    ],
)
def test_a_look_alike_of_a_name_is_refused(client: Client, alice: User, look_alike: str) -> None:
    refused = register(client, username=look_alike)
    assert refused.status_code == 422
    assert "taken" in refused.text or "Latin or Chinese letters" in refused.text
    assert 'value="zhou@example.org"' in refused.text, "what was typed is kept"
    assert PASSWORD not in refused.text, "but the password"


@pytest.mark.parametrize(
    "name",
    ["ali\u200dce2", "ali\u200bce2", "\u202eecila", "a\u2066b\u2069c", "smile😀", "x", "x" * 31, "_x_", "a__b", "12345",
     "ali ce", "a@b", "a/b", "имя", "\x00ab", "a\nb", "a\ud7ffb"],
)  # fmt: skip
def test_what_is_no_name_is_refused(client: Client, name: str) -> None:
    assert register(client, username=name).status_code == 422
    assert queries.by_login("zhou@example.org") is None


@pytest.mark.parametrize(
    "name", ["admin", "аdmin", "ADM1N", "Ad_min", "管理员", "版主", "system", "everyone", "deleted"]
)
def test_names_that_speak_for_the_forum_are_refused(client: Client, name: str) -> None:
    refused = register(client, username=name)
    assert refused.status_code == 422
    assert "kept for the forum" in refused.text or "Latin or Chinese letters" in refused.text


def test_the_operator_may_take_a_reserved_name(app: Any) -> None:
    assert actions.register("admin", "root@example.org", PASSWORD, by_operator=True).username == "admin"


@pytest.mark.parametrize(
    "email", ["", "zhou", "zhou@", "@example.org", "zhou@localhost", "a b@example.org", "x@y.z\x00"]
)
def test_what_is_no_address_is_refused(client: Client, email: str) -> None:
    assert register(client, email=email).status_code == 422


@pytest.mark.parametrize(
    ("password", "message"),
    [
        ("seven77", "at least 8"),
        ("长城长城长城长", "at least 8"),
        ("x" * 257, "at most 256"),
        ("zhou_min", "nobody would guess"),
        ("ZHOU@example.org", "nobody would guess"),
        ("Gathering", "nobody would guess"),
        ("Password123!", "nobody would guess"),
    ],
)
def test_a_weak_password_is_refused(client: Client, password: str, message: str) -> None:
    refused = register(client, password=password)
    assert refused.status_code == 422
    assert message in refused.text


@pytest.mark.parametrize(
    "password", ["a long one", "万里长城永不倒下", "🌊 waves 🌊 of sea", "four score and seven " * 12 + "xyz!"]
)
def test_long_words_of_any_script_are_passwords_to_their_last_letter(client: Client, password: str) -> None:
    assert register(client, password=password).status_code == 303
    assert actions.authenticate("zhou_min", password) is not None
    assert actions.authenticate("zhou_min", password[:-1]) is None
    assert actions.authenticate("zhou_min", password + "x") is None


def test_nobody_learns_whether_an_address_has_an_account(app: Any, alice: User) -> None:
    answers = []
    for name, email in (("fiona", "alice@example.org"), ("frank", "fresh@example.org")):
        client = app.test_client()
        answer = register(client, username=name, email=email)
        page = re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", client.get("/settings/profile").text)
        headers = {key: value for key, value in answer.headers if key not in ("Set-Cookie", "Content-Length")}
        answers.append((answer.status_code, headers, page.replace(name, "NAME")))
    assert answers[0][:2] == answers[1][:2]
    seal = re.compile(r"seal-\d+")
    assert seal.sub("", answers[0][2]) == seal.sub("", answers[1][2])


def test_the_address_still_signs_in_its_owner(client: Client, alice: User) -> None:
    other = "another person's words"
    assert register(client, username="second", email="ALICE@example.org", password=other).status_code == 303
    first = actions.authenticate("alice@example.org", PASSWORD)
    assert first and first.id == alice.id
    second = actions.authenticate("second", other)
    assert second and second.email == "ALICE@example.org" and second.email_key is None


def test_extra_fields_change_nothing(client: Client) -> None:
    register(client, role="admin", is_expert="1", published_count="99", id="1", email_key="x", created_at="2001-01-01")
    user = queries.by_username("zhou_min")
    assert user and (user.role, user.is_expert, user.published_count) == ("netizen", False, 0)
    assert user.is_young
    assert client.get("/admin").status_code == 403


def test_it_needs_our_own_form(client: Client) -> None:
    assert client.post("/register", data=GOOD).status_code == 400
    assert queries.by_username("zhou_min") is None


def test_somebody_signed_in_is_led_on(as_: Any, alice: User) -> None:
    browser = as_(alice)
    assert browser.get("/register?next=/experts").location == "/experts"
    assert browser.get("/login").location == "/"
