"""A-5: guessing is slow by account and by address, and keeps nobody out on a device that they already use."""

import re
from typing import Any

import pytest
from flask import Flask

from forum.accounts import actions, known_devices
from forum.accounts.models import User
from tests.people import PASSWORD
from tests.plugins.application import Client

pytestmark = pytest.mark.limits


def guess(client: Client, number: int, name: str = "alice", password: str = "a wrong guess") -> Any:
    """Try from an address of its own for each number."""
    fields = {"csrf_token": client.csrf_token(), "username": name, "password": password}
    address = f"198.51.{number // 250}.{number % 250 + 1}"
    return client.post("/login", data=fields, environ_base={"REMOTE_ADDR": address})


def stranger(app: Flask) -> Client:
    client = app.test_client()
    assert isinstance(client, Client)
    return client


def words(answer: Any, name: str) -> str:
    page = re.sub(r'(name="csrf_token"[^>]*value=")[^"]*', r"\1", answer.text)
    return page.replace(f'value="{name}"', 'value="NAME"')


def test_guesses_from_everywhere_are_few_and_the_owner_signs_in_meanwhile(app: Flask, alice: User) -> None:
    home = stranger(app)
    assert guess(home, 200, password=PASSWORD).status_code == 303
    assert home.send("/logout").status_code == 303
    statuses = [guess(stranger(app), number).status_code for number in range(30)]
    assert statuses == [422] * 10 + [429] * 20
    refused = guess(stranger(app), 40, password=PASSWORD)
    assert refused.status_code == 429, "not even the right password, from a device that the account does not know"
    assert 600 < int(refused.headers["Retry-After"]) <= 901
    assert 'href="/forgot"' in refused.text and "minutes" in refused.text
    assert guess(home, 201, password=PASSWORD).status_code == 303
    assert home.get("/settings/profile").status_code == 200


def test_known_and_unknown_names_are_throttled_in_the_same_words(app: Flask, alice: User) -> None:
    for number in range(10):
        for name in ("alice", "alicf"):
            guess(stranger(app), number, name)
    known, unknown = (guess(stranger(app), 50, name, PASSWORD) for name in ("alice", "alicf"))
    assert (known.status_code, unknown.status_code) == (429, 429)
    assert words(known, "alice") == words(unknown, "alicf")
    assert guess(stranger(app), 51, "ALICE").status_code == 429, "one account, however it is written"


def test_only_failures_count(app: Flask, alice: User) -> None:
    for number in range(25):
        assert guess(stranger(app), number, password=PASSWORD).status_code == 303
    for number in range(9):
        assert guess(stranger(app), number).status_code == 422
    assert guess(stranger(app), 60, password=PASSWORD).status_code == 303
    assert [guess(stranger(app), number).status_code for number in range(9)] == [422] * 9


def test_a_known_device_has_a_count_of_its_own(app: Flask, alice: User, ann: User) -> None:
    home = stranger(app)
    guess(home, 200, password=PASSWORD)
    assert [guess(home, 200).status_code for _ in range(11)] == [422] * 10 + [429]
    assert guess(home, 200, password=PASSWORD).status_code == 429
    assert guess(stranger(app), 1, password=PASSWORD).status_code == 303, "others are not kept out by it"
    assert guess(home, 202, "ann").status_code == 422, "and it is not known to another account"


def test_the_address_of_a_known_device_may_be_everybodys(app: Flask, alice: User) -> None:
    """A school behind one address: others' wrong tries from it don't keep its owner out."""
    home = stranger(app)
    guess(home, 200, password=PASSWORD)
    for _ in range(8):
        guess(stranger(app), 200, "nobody")
    assert guess(stranger(app), 200, "nobody").status_code == 429
    assert guess(home, 200, password=PASSWORD).status_code == 303


def test_one_address_over_many_accounts(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config["LIMITS"], "LOGIN", "10000 per minute")
    monkeypatch.setitem(app.config["LIMITS"], "LOGIN_FAILURES", "20 per day")
    assert [guess(stranger(app), 1, f"person{number}").status_code for number in range(25)] == [422] * 20 + [429] * 5
    assert guess(stranger(app), 2, "person30").status_code == 422


def test_a_device_token_from_elsewhere_opens_no_count(app: Flask, alice: User, ann: User) -> None:
    """Mallory's own, a made-up one, and a copied one after the owner's next sign-in."""
    home, hers = stranger(app), stranger(app)
    guess(home, 200, password=PASSWORD)
    copied = home.get_cookie(known_devices.COOKIE)
    assert copied
    guess(home, 200, password=PASSWORD)
    guess(hers, 201, "ann", PASSWORD)
    for number in range(10):
        guess(stranger(app), number)
    thief = stranger(app)
    thief.set_cookie(known_devices.COOKIE, copied.value)
    forger = stranger(app)
    forger.set_cookie(known_devices.COOKIE, "x" * 43)
    assert [guess(each, 60, password=PASSWORD).status_code for each in (thief, forger, hers)] == [429] * 3


def test_a_name_that_looks_like_an_address_opens_no_count_for_it(app: Flask, alice: User) -> None:
    """Among look-alikes "@" is an "a": the browser of aliceaexample.org is none that alice's account knows."""
    actions.register("aliceaexample.org", "mallory@example.net", PASSWORD)
    hers = stranger(app)
    assert guess(hers, 1, "aliceaexample.org", PASSWORD).status_code == 303
    statuses = [guess(hers, 2 + number, "alice@example.org").status_code for number in range(10)]
    assert guess(hers, 20, "aliceaexample.org", PASSWORD).status_code == 303, "which forgives her own tries alone"
    assert (statuses, guess(hers, 21, "alice@example.org").status_code) == ([422] * 10, 429)


def test_two_accounts_of_one_browser_are_both_known(app: Flask, alice: User, ann: User) -> None:
    shared = stranger(app)
    guess(shared, 1, "alice", PASSWORD)
    guess(shared, 1, "ann", PASSWORD)
    token = shared.get_cookie(known_devices.COOKIE)
    assert token
    assert all(known_devices.known_for(name, token.value) for name in ("alice", "ann", "Ann@example.org"))
    assert not known_devices.known_for("mallory", token.value)


def test_half_a_year_later_a_device_is_forgotten(app: Flask, alice: User, clock: Any, work: Any) -> None:
    browser = stranger(app)
    guess(browser, 1, "alice", PASSWORD)
    token = browser.get_cookie(known_devices.COOKIE)
    assert token and known_devices.of_person(alice.id, token.value)
    clock.move(days=181)
    assert known_devices.of_person(alice.id, token.value) is None
    work()
    clock.move(days=-181)
    assert known_devices.of_person(alice.id, token.value) is None


@pytest.mark.parametrize("app", ["sqlite"], indirect=True)
def test_processes_that_share_redis_share_the_count(
    app: Flask, another_app: Any, redis_server: Any, alice: User
) -> None:
    redis_server.empty()
    first, second = another_app(REDIS_URL=redis_server.url), another_app(REDIS_URL=redis_server.url)
    from forum.core.extensions import limiter

    statuses = []
    for number in range(12):
        process = (first, second)[number % 2]
        limiter.init_app(process)
        statuses.append(guess(stranger(process), number).status_code)
    assert statuses == [422] * 10 + [429] * 2
