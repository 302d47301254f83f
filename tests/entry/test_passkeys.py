"""A-8: passkeys are added, sign in and count as two factors; what is forged, replayed or copied is refused."""

from typing import Any

import pytest

from forum.accounts import sessions
from forum.accounts.models import User
from forum.core.database import db, transaction
from forum.entry import passkeys, queries
from tests.entry.soft_key import USER_PRESENT, USER_VERIFIED, SoftKey, options_in
from tests.people import PASSWORD
from tests.plugins.application import Client

SECURITY = "/settings/security"


@pytest.fixture
def at_home(by_name: Any, alice: User) -> Client:
    """Alice's browser, signed in, at a forum with a name."""
    client = by_name()
    client.set_cookie("signin", sessions.start(alice, "pytest"))
    return client


def add(browser: Client, key: SoftKey, **fields: Any) -> Any:
    return browser.send(f"{SECURITY}/passkeys", passkey=key.made(options_in(browser.get(SECURITY).text)), **fields)


def show(browser: Client, key: SoftKey, **fields: Any) -> Any:
    return browser.send("/login/passkey", passkey=key.shown(options_in(browser.get("/login").text)), **fields)


def is_signed_in(browser: Client) -> bool:
    return bool(browser.get("/settings/profile").status_code == 200)


def test_it_is_added_with_a_name_and_signs_in_as_two_factors(
    by_name: Any, at_home: Client, alice: User, letters: Any, authenticator_app: Any
) -> None:
    key = SoftKey()
    assert add(at_home, key, name="  My phone ").status_code == 303
    assert [(each.name, each.transports) for each in queries.passkeys(alice.id)] == [("My phone", ["internal"])]
    assert [(name, facts["what"]) for name, _, facts in letters()] == [("security_changed", "passkey_added")]
    assert "My phone" in at_home.get(SECURITY).text
    authenticator_app(alice)
    stranger = by_name()
    answer = show(stranger, key, next="/experts")
    assert (answer.status_code, answer.location) == (303, "/experts"), "no code is asked for after a passkey"
    assert is_signed_in(stranger)
    db.session.rollback()
    assert queries.passkeys(alice.id)[0].used_at is not None
    assert "Passkey" in stranger.get("/settings/sessions").text


def test_several_of_one_person_each_sign_in(by_name: Any, at_home: Client, alice: User) -> None:
    keys = [SoftKey(), SoftKey()]
    assert [add(at_home, key).status_code for key in keys] == [303, 303]
    assert len({key.handle for key in keys}) == 1
    assert [show(by_name(), key).status_code for key in keys] == [303, 303]


def test_the_same_one_is_not_added_twice(at_home: Client) -> None:
    key = SoftKey()
    assert [add(at_home, key).status_code for _ in range(2)] == [303, 409]


@pytest.mark.parametrize(
    "key",
    [SoftKey("https://localhost:8000"), SoftKey("http://evil.example"), SoftKey(host="evil.example")],
    ids=["scheme", "origin", "host"],
)
def test_a_foreign_origin_is_refused(by_name: Any, at_home: Client, alice: User, key: SoftKey) -> None:
    assert add(at_home, key).status_code == 422
    assert queries.passkeys(alice.id) == []
    good_origin, good_host = SoftKey().origin, SoftKey().host
    bad_origin, bad_host = key.origin, key.host
    key.origin, key.host = good_origin, good_host
    assert add(at_home, key).status_code == 303
    key.origin, key.host = bad_origin, bad_host
    browser = by_name()
    assert show(browser, key).status_code == 422
    assert not is_signed_in(browser)


def test_without_its_person_it_is_refused(by_name: Any, at_home: Client) -> None:
    """User verification: whoever only finds the key can't use it."""
    key = SoftKey()
    made = key.made(options_in(at_home.get(SECURITY).text), USER_PRESENT)
    assert at_home.send(f"{SECURITY}/passkeys", passkey=made).status_code == 422
    assert add(at_home, key).status_code == 303
    browser = by_name()
    for flags in (USER_PRESENT, USER_VERIFIED, 0):
        shown = key.shown(options_in(browser.get("/login").text), flags)
        assert browser.send("/login/passkey", passkey=shown).status_code == 422
    assert not is_signed_in(browser)


def test_an_answer_works_once_in_its_browser_for_its_purpose_and_time(
    by_name: Any, at_home: Client, clock: Any
) -> None:
    key, browser = SoftKey(), by_name()
    add(at_home, key)
    other = options_in(at_home.get(SECURITY).text)
    assert at_home.send("/login/passkey", passkey=key.shown(other)).status_code == 422, "made for adding"
    options = options_in(browser.get("/login").text)
    thief = by_name()
    thief.get("/login")
    stolen = key.shown(options)
    with thief.session_transaction() as stored:
        stored["csrf_token"] = "d" * 40
    assert thief.send("/login/passkey", passkey=stolen).status_code == 422, "another browser's challenge"
    first = browser.send("/login/passkey", passkey=key.shown(options))
    assert first.status_code == 303
    assert browser.send("/login/passkey", passkey=key.shown(options)).status_code == 422, "after signing in"
    again = by_name()
    options = options_in(again.get("/login").text)
    assert again.send("/login/passkey", passkey=key.shown(options)).status_code == 303
    cookie = by_name()
    options = options_in(cookie.get("/login").text)
    clock.move(minutes=31)
    assert cookie.send("/login/passkey", passkey=key.shown(options)).status_code == 422, "over"


def test_a_replayed_challenge_is_refused_even_with_the_same_cookies(by_name: Any, at_home: Client) -> None:
    key, browser = SoftKey(), by_name()
    add(at_home, key)
    options = options_in(browser.get("/login").text)
    cookie = browser.get_cookie("form")
    assert cookie
    assert browser.send("/login/passkey", passkey=key.shown(options)).status_code == 303
    twin = by_name()
    twin.set_cookie("form", cookie.value)
    assert twin.send("/login/passkey", passkey=key.shown(options)).status_code == 422
    assert not is_signed_in(twin)


def test_a_made_up_challenge_is_refused(by_name: Any, at_home: Client) -> None:
    key, browser = SoftKey(), by_name()
    add(at_home, key)
    browser.get("/login")
    for challenge in ("", "AAAA", "A" * 75):
        assert browser.send("/login/passkey", passkey=key.shown({"challenge": challenge})).status_code == 422


def test_a_count_that_goes_back_is_a_copy(by_name: Any, at_home: Client) -> None:
    key = SoftKey()
    add(at_home, key)
    key.count = 10
    assert show(by_name(), key).status_code == 303
    key.count = 4
    assert show(by_name(), key).status_code == 422
    key.count = 11
    assert show(by_name(), key).status_code == 303


def test_a_key_that_counts_nothing_goes_on_working(by_name: Any, at_home: Client) -> None:
    key = SoftKey()
    add(at_home, key)
    for _ in range(2):
        key.count = -1  # shown as 0, as synced passkeys do
        assert show(by_name(), key).status_code == 303


def test_an_unknown_key_and_another_accounts_handle_are_refused(by_name: Any, at_home: Client, ann: User) -> None:
    assert show(by_name(), SoftKey()).status_code == 422
    key = SoftKey()
    add(at_home, key)
    key.handle = passkeys._handle(ann)
    assert show(by_name(), key).status_code == 422


NONSENSE = ["", "{", "[]", "{}", '{"response": 1}', '{"response": {"userHandle": 7}}', "9" * 30_000, "[" * 15_000]
NONSENSE += ['{"response": {"clientDataJSON": 5}}', '{"response": {"clientDataJSON": "e30", "userHandle": null}}']


@pytest.mark.parametrize("answer", NONSENSE)
def test_nonsense_is_refused_calmly(by_name: Any, at_home: Client, answer: str) -> None:
    assert by_name().send("/login/passkey", passkey=answer).status_code == 422
    assert at_home.send(f"{SECURITY}/passkeys", passkey=answer).status_code == 422


def test_a_suspended_person_is_told_and_not_signed_in(by_name: Any, at_home: Client, alice: User, clock: Any) -> None:
    from datetime import timedelta

    from forum.core.database import now

    key, browser = SoftKey(), by_name()
    add(at_home, key)
    with transaction():
        alice.suspended_until = now() + timedelta(days=1)
    assert show(browser, key).location == "/login"
    assert "suspended until" in browser.get("/login").text
    assert not is_signed_in(browser)


def test_it_is_renamed_and_taken_away_by_its_owner_alone(
    by_name: Any, at_home: Client, alice: User, mallory: User, letters: Any
) -> None:
    key = SoftKey()
    add(at_home, key)
    number = queries.passkeys(alice.id)[0].id
    stranger = by_name()
    stranger.set_cookie("signin", sessions.start(mallory, "pytest"))
    assert stranger.send(f"{SECURITY}/passkeys/{number}", name="Mine").status_code == 404
    assert stranger.send(f"{SECURITY}/passkeys/{number}/remove").status_code == 404
    assert at_home.send(f"{SECURITY}/passkeys/{number}", name="x" * 61).status_code == 422
    assert at_home.send(f"{SECURITY}/passkeys/{number}", name="The blue one").status_code == 303
    assert "The blue one" in at_home.get(SECURITY).text
    assert at_home.send(f"{SECURITY}/passkeys/{number}/remove").status_code == 303
    assert show(by_name(), key).status_code == 422
    assert letters()[-1][2]["what"] == "passkey_removed"


def test_the_last_way_in_stays(by_name: Any, at_home: Client, alice: User) -> None:
    key = SoftKey()
    add(at_home, key)
    number = queries.passkeys(alice.id)[0].id
    with transaction():
        alice.password_hash = ""
    assert "only way into your account" in at_home.get(SECURITY).text
    assert at_home.send(f"{SECURITY}/passkeys/{number}/remove").status_code == 409
    assert show(by_name(), key).status_code == 303
    assert at_home.send("/settings/password", new_password="seven quiet rivers").status_code == 303
    fresh = by_name()
    assert fresh.send("/login", username="alice", password="seven quiet rivers").status_code == 303
    assert fresh.send(f"{SECURITY}/passkeys/{number}/remove").status_code == 303


def test_twenty_are_enough(at_home: Client, alice: User) -> None:
    assert {add(at_home, SoftKey()).status_code for _ in range(queries.PASSKEYS_MOST)} == {303}
    assert add(at_home, SoftKey()).status_code == 409


def test_without_a_name_of_its_own_the_forum_offers_none(client: Client, as_: Any, alice: User) -> None:
    assert "data-options" not in client.get("/login").text
    page = as_(alice).get(SECURITY).text
    assert "data-options" not in page and "by a name over https" in page
    assert client.send("/login", username="alice", password=PASSWORD).status_code == 303
